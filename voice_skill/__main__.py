"""`python -m voice_skill` is the `voice-skill` command."""

from voice_skill.cli import main

if __name__ == "__main__":
    main()

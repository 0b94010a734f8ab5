"""The edges: files, sound devices, the recogniser, the speech engine, the terminal."""

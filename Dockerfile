# syntax=docker/dockerfile:1
# The bot with its model prepared: the container starts, and answers, without any network but Telegram's.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 TORKHAM_HOME=/prepared
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
# The CPU build of torch: it is used once, below, to make the fast form of the model.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements.lock requirements-torch.lock pyproject.toml README.md LICENSE ./
# Neither tests nor their tools: requirements-dev.lock stays outside.
RUN pip install --index-url "$TORCH_INDEX" -r requirements-torch.lock && pip install --no-deps -r requirements.lock
COPY sources sources
COPY index index
COPY bot bot
COPY evals evals
# Layers keep whole seconds only: files of the library with finer times would count as changed in every container.
RUN pip install --no-deps --no-build-isolation . \
 && find /venv -path '*/site-packages/sources/*' -exec touch -d 2026-01-01T00:00:00Z {} + \
 && torkham index update && torkham doctor

# What only the preparing needed is left behind; a build of torch for GPUs brings nvidia-* and triton.
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN pip uninstall -y torch sentence-transformers transformers onnx onnxscript scikit-learn scipy \
 && pip list --format=freeze | sed -n 's/^\(nvidia-[^=]*\|triton\|cuda-[^=]*\)=.*/\1/p' | xargs -r pip uninstall -y \
 && find /venv -name __pycache__ -prune -exec rm -rf {} +

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home torkham \
 && mkdir /data && chown torkham:torkham /data
COPY --from=build /venv /venv
COPY --from=build --chown=torkham:torkham /prepared /prepared
COPY --chmod=0555 docker-entry.sh /usr/local/bin/torkham-entry
ENV PATH=/venv/bin:$PATH TORKHAM_HOME=/data TORKHAM_HEALTH_PORT=9464 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['TORKHAM_HEALTH_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["torkham-entry"]
CMD ["bot", "run"]

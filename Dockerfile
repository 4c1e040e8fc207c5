# syntax=docker/dockerfile:1
FROM node:24-trixie-slim AS web
WORKDIR /build/clients/web
COPY clients/web/package.json clients/web/package-lock.json clients/web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY schemas /build/schemas
COPY clients/web ./
RUN npm run build

FROM python:3.13-slim-trixie AS builder
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /build
# The tools that build stay in this stage; they are pinned by hash like everything else.
COPY requirements-build.lock ./
RUN python -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --require-hashes --requirement requirements-build.lock
# Dependencies before the source: a change of code must not fetch them again.
COPY requirements.lock ./
RUN python -m venv --without-pip /app \
 && /tools/bin/uv pip sync --no-cache --python /app/bin/python --require-hashes requirements.lock
COPY LICENSE NOTICE pyproject.toml ./
COPY clients/python clients/python
COPY migrations migrations
COPY schemas schemas
COPY service service
COPY --from=web /build/clients/web/dist clients/web/dist
# Built by the pinned hatchling of /tools, installed into /app.
RUN /tools/bin/uv build --wheel --no-build-isolation --python /tools/bin/python --out-dir /dist \
 && /tools/bin/uv build --wheel --no-build-isolation --python /tools/bin/python --out-dir /dist clients/python \
 && /tools/bin/uv pip install --no-cache --no-deps --python /app/bin/python /dist/*.whl

FROM python:3.13-slim-trixie
# tini reaps what the embedded PostgreSQL leaves and passes signals on; Debian's own, so security updates reach it.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/*
# Numeric, so that a cluster can prove that the image does not run as root. PostgreSQL wants the number to have a name.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin dianchi \
 && install -d -o 10001 -g 10001 -m 0700 /var/lib/dianchi
COPY --from=builder /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DIANCHI_DATA_DIR=/var/lib/dianchi \
    DIANCHI_HOST=0.0.0.0 \
    DIANCHI_PORT=8000
# The embedded PostgreSQL; with DIANCHI_DATABASE_URL only what was signed of the log.
VOLUME /var/lib/dianchi
EXPOSE 8000
USER 10001:10001
# The image has no curl, and needs none: Python is there.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['DIANCHI_PORT']}/readyz\", timeout=2)"]
ENTRYPOINT ["/usr/bin/tini", "--", "dianchi"]
CMD ["serve"]

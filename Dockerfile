# One image for every role: docs/operating/docker.md says how to run it.
ARG PYTHON_VERSION=3.11
ARG NODE_VERSION=20

# The page to trade on: pinned by its lock file. Of this stage only what it builds goes on.
FROM node:${NODE_VERSION}-slim AS page
WORKDIR /build
COPY web web
RUN npm --prefix web ci --ignore-scripts --no-audit --no-fund \
    && npm --prefix web run --workspace sdk build \
    && npm --prefix web run --workspace terminal build

FROM python:${PYTHON_VERSION}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY constraints.txt constraints-runtime.txt ./
# What runs: pinned, checked by hash, never built from source. The image gets this environment and nothing else.
RUN python -m venv --without-pip /opt/constellation \
    && python -m pip --python /opt/constellation/bin/python install \
        --require-hashes --only-binary=:all: -r constraints-runtime.txt
# What builds: the packaging tools among the development dependencies; they stay in this stage.
RUN python -m venv /opt/build \
    && /opt/build/bin/python -m pip install --require-hashes --only-binary=:all: -r constraints.txt
COPY pyproject.toml README.md LICENSE ./
COPY constellation constellation
COPY --from=page /build/constellation/web constellation/web
RUN /opt/build/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && python -m pip --python /opt/constellation/bin/python install --no-deps --no-index dist/*.whl

FROM python:${PYTHON_VERSION}-slim
LABEL org.opencontainers.image.title="constellation" \
      org.opencontainers.image.description="A second-layer exchange and payment network on Stellar" \
      org.opencontainers.image.licenses="MIT"
# New volumes take over owner and mode of the directory that they are mounted on: these are the places for them.
RUN groupadd --gid 10001 constellation \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/constellation \
        --shell /usr/sbin/nologin constellation \
    && install -d -o 10001 -g 10001 -m 0700 \
        /var/lib/constellation /run/constellation /etc/constellation \
        /run/chronicle \
        /setup/public /setup/bank /setup/chronicle /setup/alpha /setup/auditor-1 /setup/auditor-2 /setup/auditor-3
COPY --from=build /opt/constellation /opt/constellation
ENV PATH=/opt/constellation/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /var/lib/constellation
STOPSIGNAL SIGTERM
ENTRYPOINT ["constellation"]
CMD ["--help"]

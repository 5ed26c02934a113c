# Context7 CRM in a container:
#
#   docker build -t crm .
#   docker run -p 8080:8080 -v crm-data:/data crm

FROM node:20-bookworm-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json ./
RUN npm ci
COPY openapi.json /build/
COPY web ./
RUN npm run build

FROM rust:1.95-slim-bookworm AS server
RUN apt-get update && apt-get install --yes --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY .cargo ./.cargo
COPY crates ./crates
COPY openapi.json ./
COPY --from=web /build/web/dist ./web/dist
RUN cargo build --release --locked --package server

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin crm && install --directory --owner=crm --mode=700 /data
COPY --from=server /build/target/release/crm /usr/local/bin/crm
USER crm
WORKDIR /data
VOLUME /data
ENV CRM_DATA_DIR=/data CRM_LISTEN=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
CMD ["crm", "serve"]

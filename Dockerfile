# Sitewarden as an image: `docker build .` makes the product, `docker build --target lab .` also the parts of the lab that
# docker-compose.yml needs. test/e2e/docker-image.test.ts carries these steps out without Docker.
FROM node:22.20.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
# What belongs to the build is said in .dockerignore.
COPY . .
RUN node scripts/build.mjs
# Temporal's core comes for five platforms, 148 MB; an image has one.
ARG TARGETARCH
RUN npm prune --omit=dev --no-audit --no-fund && node scripts/keep-one-platform.mjs node_modules ${TARGETARCH}

FROM build AS product-files
RUN rm -rf dist/lab

FROM node:22.20.0-bookworm-slim AS product
WORKDIR /app
ENV NODE_ENV=production
# For the network check of observers and sentinels. Without its file capability ping starts in a container that keeps none, and asks
# by the sockets that Docker opens to every group (sysctl net.ipv4.ping_group_range).
RUN apt-get update && apt-get install --yes --no-install-recommends iputils-ping && \
    setcap -r /bin/ping && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=product-files /app/dist dist
# By number: a cluster that refuses root can see that this is none. It owns no file here.
USER 10001:10001
# Of a worker, as it listens by default; for a webhook set the variable to its own address.
ENV SITEWARDEN_HEALTH_URL=http://127.0.0.1:9090/readyz
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s \
    CMD ["node", "-e", "fetch(process.env.SITEWARDEN_HEALTH_URL).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
EXPOSE 8080 9090
ENTRYPOINT ["node", "--enable-source-maps", "dist/bin/sitewarden.js"]
CMD ["--help"]

FROM product AS lab
COPY --from=build /app/dist/lab dist/lab
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["--version"]

# The last stage is what `docker build .` makes.
FROM product

# The server for production. The image holds no PostgreSQL: the embedded one is for trying out, and a database does not
# live in a container that every release replaces. DATABASE_URL says where it is, BETTER_AUTH_SECRET or AUTH_JWKS_URL
# with AUTH_ISSUER whose tokens count; .env.example has every setting.

FROM node:24.21.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages are the programs of the embedded PostgreSQL; nothing that is left runs anything when installed.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24.21.0-slim
LABEL org.opencontainers.image.title="premium-todo" \
      org.opencontainers.image.description="GraphQL and REST task backend" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The files belong to root: the server cannot change itself.
USER node
EXPOSE 4000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The server handles SIGTERM itself and starts no process that could be left over: no init stands before it.
STOPSIGNAL SIGTERM
CMD ["node", "dist/src/main.js"]

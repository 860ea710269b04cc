import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the task server listens while this front end is developed. */
const SERVER = process.env.SERVER_URL ?? 'http://localhost:4000';

/** What the built page is served with, and needs no exception from: nothing in it is inline, and all comes from one origin. */
const POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/** The page and the API share one origin, in development by a proxy: no CORS, and the session is a first-party cookie. */
export default defineConfig({
  plugins: [react()],
  // The repository's playground has another React at its root.
  resolve: { dedupe: ['react', 'react-dom'] },
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What changes rarely is kept by browsers when the application changes.
        codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/ }] },
      },
    },
  },
  server: {
    proxy: {
      '/graphql': { target: SERVER, ws: true },
      '/api': { target: SERVER },
    },
  },
  preview: { headers: { 'content-security-policy': POLICY } },
});

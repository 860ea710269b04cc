import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where the task server listens while this front end is developed. */
const SERVER = process.env.SERVER_URL ?? 'http://localhost:4000';

/**
 * The page and the API share one origin, in development by a proxy: no CORS, and the session is a first-party cookie.
 * Nothing is inlined, neither scripts nor fonts, so that `default-src 'self'` is all the policy that the page needs.
 */
export default defineConfig({
  plugins: [react()],
  // The repository's playground has another React at its root.
  resolve: { dedupe: ['react', 'react-dom'] },
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    proxy: {
      '/graphql': { target: SERVER, ws: true },
      '/api': { target: SERVER },
    },
  },
});

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The browser only ever talks to this server, which passes /api on.
const server = {
  host: '0.0.0.0',
  port: 5174,
  strictPort: true,
  allowedHosts: true,
  proxy: {
    '/api': process.env.PUBLIC_API_BASE_URL || 'http://backend:5000',
  },
};

export default defineConfig({
  plugins: [svelte()],
  server,
  preview: server,
});

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The console as static files, which tools/console_assets.mjs then packs into the program. Nothing is inlined, so that the
// strict Content-Security-Policy needs no exception; every file but index.html carries a hash in its name and never changes.
export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: process.env.CONSOLE_OUT ?? '../build/console/dist',
    emptyOutDir: true,
    target: ['chrome111', 'firefox114', 'safari16.4'],
    manifest: true, // tells the tests which files a first visit takes
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What the first sight of Today takes is one file: together it packs smaller than in fifteen pieces.
          groups: [
            {
              name: 'core',
              test: /node_modules\/(svelte|esm-env)\/|\/console\/src\/(lib\/(?!password|guess)|ui\/(Bar|Empty|Icon|Progress|Toasts|place)\.|screens\.ts|screens\/Today\.|screens\/today\/(Row|leave)\.)/,
            },
          ],
        },
      },
    },
  },
});

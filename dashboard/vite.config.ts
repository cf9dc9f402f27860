import { defineConfig } from 'vite';

/** Files under names of their content, nothing inline: the policy of the pages allows neither scripts nor styles in them. */
export default defineConfig({
  base: '/dashboard/',
  oxc: { jsx: { runtime: 'automatic', development: false } },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});

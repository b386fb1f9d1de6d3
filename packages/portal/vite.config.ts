import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { leanPatternFly } from './src/bundle/lean-patternfly.ts';

/** The engine serves the built files under this path, whichever of the portal's two addresses the page was opened at. */
export const assetsPath = '/ovirt-engine/portal/';

export default defineConfig({
  base: assetsPath,
  root: import.meta.dirname,
  plugins: [react(), leanPatternFly()],
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    // The engine's content policy allows fonts and scripts from files only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
  },
});

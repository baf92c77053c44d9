import { createReadStream, existsSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const statics = ['hall', 'field'].map((door) => join(root, '../mingcha/doors', door, 'static'));

/** Serves the stylesheets of the other pages to `npm run dev`, as Django does where the product runs. */
function djangoStatics(): Plugin {
  const kinds: Record<string, string> = { '.css': 'text/css', '.svg': 'image/svg+xml' };
  return {
    name: 'django-statics',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        // Vite puts its own base before every address in a page.
        const path = normalize(decodeURIComponent((request.url ?? '').split('?')[0] ?? '')).replace(/^\/static\/field\/app(?=\/static\/)/, '');
        const kind = kinds[extname(path)];
        const file = statics.map((folder) => join(folder, path.replace(/^\/static\//, ''))).find((name) => existsSync(name));
        if (!path.startsWith('/static/') || path.startsWith('/static/field/app/') || !kind || !file) return next();
        response.setHeader('Content-Type', kind);
        createReadStream(file).pipe(response);
      });
    },
  };
}

/** `--mode page` builds dev.html, a form by itself, into dist/: for measuring it as it ships. */
function alone(mode: string): boolean {
  return mode === 'page';
}

export default defineConfig(({ mode }) => ({
  root,
  // The page is Django's (doors/field): it reads the manifest and names the files.
  base: '/static/field/app/',
  // The engine's own `development` entry is source that needs its makers' workspace.
  resolve: { conditions: ['module', 'browser', 'import', 'default'] },
  plugins: [vue(), djangoStatics()],
  build: {
    outDir: alone(mode) ? 'dist' : '../mingcha/doors/field/static/field/app',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // Nothing inline: the page's policy allows neither scripts nor styles inside it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: alone(mode) ? join(root, 'dev.html') : { app: join(root, 'src/main.ts') } },
  },
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false' },
}));

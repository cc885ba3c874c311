// The sizes of what users download, and the time to start a kernel.
//
//     npm run check:size
//
// Exit code 1 if the kernel with its loader is 40 kB gzipped or more.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const limit = 40_000;
const root = new URL('../', import.meta.url);
const path = (name) => new URL(name, root).pathname;

const bundle = async (entry) =>
  (await build({ entryPoints: [path(entry)], bundle: true, minify: true, format: 'esm', write: false }))
    .outputFiles[0].contents;

function print(name, bytes) {
  const gzipped = gzipSync(bytes, { level: 9 }).length;
  console.log(
    `${name.padEnd(44)} ${String(bytes.length).padStart(8)} bytes ${String(gzipped).padStart(7)} gzipped`,
  );
  return gzipped;
}

for (const name of ['simd', 'scalar'])
  print(`kernel.${name}.wasm`, await readFile(path(`build/kernel.${name}.wasm`)));
const loader = print('both kernels and the loader, as JavaScript', await bundle('src/kernel/load.ts'));
print('the whole library, minified', await bundle('dist/index.js'));

const bytes = await readFile(path('build/kernel.simd.wasm'));
const times = Array.from({ length: 21 }, () => {
  const start = performance.now();
  new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
  return performance.now() - start;
}).sort((a, b) => a - b);
console.log(
  `compiling and instantiating the kernel: ${times[10].toFixed(2)} ms (median of 21), first ${times[20].toFixed(2)} ms at most`,
);

if (loader >= limit) {
  console.error(`the kernel and its loader take ${loader} bytes gzipped, the limit is ${limit}`);
  process.exitCode = 1;
}

// Sizes of the kernel, of its loader and of the library, and the time of an instantiation: npm run check:size.
// Exit code 1 where the loader, which carries both builds of the kernel, is not below its limit.
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'tsup';

const loaderLimit = 40_000;
const instantiationLimit = 10;
const outDir = 'build/size';

await build({
  entry: { loader: 'src/kernel/load.ts', library: 'src/index.ts' },
  config: false,
  silent: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  splitting: false,
  minify: true,
  outDir,
});

async function sizes(name, file) {
  const bytes = await readFile(file);
  const row = { name, raw: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
  console.log([row.name.padEnd(34), String(row.raw).padStart(8), String(row.gzipped).padStart(8)].join(' '));
  return row;
}

console.log(['bytes'.padEnd(34), 'raw'.padStart(8), 'gzipped'.padStart(8)].join(' '));
await sizes('kernel.simd.wasm', 'build/kernel.simd.wasm');
await sizes('kernel.scalar.wasm', 'build/kernel.scalar.wasm');
const loader = await sizes('loader with both builds, minified', `${outDir}/loader.js`);
await sizes('library, ES module, minified', `${outDir}/library.js`);

// A module that is imported anew compiles anew: decoding, compilation and the first instance, then one more.
const [firsts, seconds] = [[], []];
for (let i = 0; i < 15; i++) {
  const { bestBuild, instantiate } = await import(`${pathToFileURL(`${outDir}/loader.js`).href}?${i}`);
  for (const times of [firsts, seconds]) {
    const start = performance.now();
    instantiate(bestBuild());
    times.push(performance.now() - start);
  }
}
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1].toFixed(2);
console.log(
  `first instance: ${median(firsts)} ms (limit ${instantiationLimit} ms, not tested: it is the machine's as well)`,
);
console.log(`each further instance: ${median(seconds)} ms`);

if (loader.gzipped >= loaderLimit) {
  console.error(`the loader: expected less than ${loaderLimit} bytes gzipped, got ${loader.gzipped}`);
  process.exitCode = 1;
}

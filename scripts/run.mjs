// Bundles a TypeScript program of this repository and runs it in a process of its own: node scripts/run.mjs bench/rank.ts [arguments]
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { build } from 'tsup';

const [entry, ...rest] = process.argv.slice(2);
const name = basename(entry, '.ts');
await build({
  entry: { [name]: entry },
  config: false,
  silent: true,
  format: 'esm',
  target: 'node20',
  outDir: `build/run/${entry.slice(0, -'.ts'.length)}`,
  skipNodeModulesBundle: true,
});
const program = spawn(process.execPath, [`build/run/${entry.slice(0, -'.ts'.length)}/${name}.js`, ...rest], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => program.kill(signal));
program.on('exit', (code) => process.exit(code ?? 1));

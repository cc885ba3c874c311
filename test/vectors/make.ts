// Writes the conformance vectors of this folder: npm run vectors
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpus } from './corpus.ts';

const folder = join(process.cwd(), 'test/vectors');
const { valid, invalid } = await corpus();
for (const [name, vectors] of Object.entries({ valid, invalid })) {
  rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(join(folder, name));
  for (const vector of vectors) writeFileSync(join(folder, name, `${vector.name}.json`), vector.text);
}
const index = {
  valid: valid.map(({ name, shows }) => ({ file: `valid/${name}.json`, shows })),
  invalid: invalid.map(({ name, reason, exitCode }) => ({ file: `invalid/${name}.json`, reason, exitCode })),
};
writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
console.log(`${valid.length} valid and ${invalid.length} invalid certificates in test/vectors`);

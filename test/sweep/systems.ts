/*
 * Whether other systems confirm the certificates of test/vectors: PARI/GP and Macaulay2, where they are installed (Debian: pari-gp, macaulay2).
 *
 *     npm run check:systems
 *
 * Each runs the script that `dimcert export` writes. And once more with another parameter, which the determinant must notice.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportCertificate } from '../../src/export/index.ts';
import { corpus } from '../vectors/corpus.ts';

const systems = [
  { name: 'PARI/GP', system: 'pari', command: ['gp', '-q'], point: /(?<=point = Mod\(\[)[^\]]*/ },
  {
    name: 'Macaulay2',
    system: 'macaulay2',
    command: ['M2', '--script'],
    point: /(?<=theta = apply\(\{)[^}]*/,
  },
] as const;

/** Linear in its parameters: its Jacobian is the same at all of them. */
const linear = 'softmax-one-token';

const folder = mkdtempSync(join(tmpdir(), 'dimcert-'));
let failed = 0;
try {
  const { valid } = await corpus();
  for (const { name, system, command, point } of systems) {
    const [program, ...flags] = command;
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error) {
      console.log(`${name} is not installed`);
      continue;
    }
    const run = (script: string) => {
      const file = join(folder, 'script');
      writeFileSync(file, script);
      const { status, stdout, stderr } = spawnSync(program, [...flags, file], {
        encoding: 'utf8',
        input: '',
        timeout: 300_000,
      });
      return {
        isConfirmed: status === 0 && /^confirmed: /m.test(stdout),
        words: `${stdout}${stderr}`.trim(),
      };
    };
    let confirmed = 0;
    let noticed = 0;
    let changed = 0;
    for (const { name: vector, text } of valid) {
      const script = await exportCertificate(text, system);
      const { isConfirmed, words } = run(script);
      if (isConfirmed) confirmed++;
      else {
        failed++;
        console.log(`${name}: ${vector} is not confirmed: ${words.slice(0, 500)}`);
      }
      const [column] = (JSON.parse(text) as { lowerBound: { columns: number[] } }).lowerBound.columns;
      if (vector === linear || changed === 10 || column === undefined || !point.test(script)) continue;
      changed++;
      // 10·x + 1: the same residue for one x at most.
      const other = script.replace(point, (list) =>
        list
          .split(',')
          .map((entry, n) => (n === column ? `${entry}1` : entry))
          .join(),
      );
      if (!run(other).isConfirmed) noticed++;
      else console.log(`${name}: ${vector} is confirmed with another parameter ${column}`);
    }
    console.log(
      `${name}: ${confirmed} of ${valid.length} confirmed; another parameter is noticed ${noticed} times of ${changed}`,
    );
    if (noticed < changed) failed++;
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failed === 0 ? 0 : 1;

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Writable } from 'node:stream';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { run } from '../../src/cli/program.ts';

/** The built command. */
export const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** How a command ended, and what it wrote. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A running command (the built dist/cli.js) and how it will end. */
export function startCommand(
  args: readonly string[],
  { cwd, env }: CommandOptions = {},
): { process: ChildProcessWithoutNullStreams; outcome: Promise<Outcome> } {
  if (!existsSync(cli)) throw new Error(`${cli}: expected the built command, which npm run build makes`);
  const child = spawn(process.execPath, [cli, ...args], { cwd, env: { ...process.env, ...env } });
  child.stdin.on('error', () => {});
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { process: child, outcome };
}

/** Runs a command in this process, from its sources: many that end at once, which need no stdin and no signals. */
export async function dimcertHere(args: readonly string[]): Promise<Omit<Outcome, 'signal'>> {
  const streams = [0, 1].map(() => {
    const chunks: string[] = [];
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: string, _, done) {
        chunks.push(chunk);
        done();
      },
    });
    return { stream, text: () => chunks.join('') };
  });
  const [stdout, stderr] = streams as [(typeof streams)[0], (typeof streams)[0]];
  const code = await run(args, { stdout: stdout.stream, stderr: stderr.stream, env: {} });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** Runs a command to its end. */
export async function dimcert(args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const { process: child, outcome } = startCommand(args, options);
  child.stdin.end(options.stdin ?? '');
  return outcome;
}

/** A fresh folder that is removed when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dimcert-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file with this text in a fresh folder. */
export function temporaryFile(text: string | Uint8Array, name = 'network.json'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

/** A softmax network in the format's JSON: by default l = 2, d = 4, a = 2, t = 3, of dimension 40. */
export function networkJson(changes: object = {}, layerChanges: object = {}): string {
  const layer = { kind: 'attention', normalization: 'softmax', headDim: 2, outputDim: 4, ...layerChanges };
  return JSON.stringify({
    format: 'dimcert-network',
    version: 1,
    inputDim: 4,
    sequenceLength: 3,
    layers: [layer, layer],
    ...changes,
  });
}

/** The same network as flags. */
export const stackFlags = '--dims 4,4,4 --head-dims 2,2 --sequence-length 3 --normalization softmax'.split(
  ' ',
);

/** A network whose certificate takes far longer than a test. */
export const longFlags =
  '--dims 96,96,96,96 --head-dims 48,48,48 --sequence-length 8 --normalization softmax'.split(' ');

/** The control characters of a text but line feeds: escape sequences, carriage returns. */
export function controlCharacters(text: string): string[] {
  return [...text].filter((character) => /\p{Cc}/u.test(character) && character !== '\n');
}

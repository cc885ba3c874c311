import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Residues } from './measure.ts';

/*
 * Programs to compare with: the native ones from the folder `$PEERS_BIN`, and NumPy where a Python has it. Each is called as
 * `program … p n r`, reads an n × n matrix of rank r (little-endian u64, row-major) from `$PEERS_DATA/p<p>_n<n>_r<r>.u64` and prints a
 * tab-separated line: library, field, p, n, r, the rank it found, the median of its times in milliseconds, Gop/s, the number of runs,
 * the best time.
 */
interface Peer {
  readonly name: string;
  /** The command, or undefined where it is not installed. */
  readonly command: () => string[] | undefined;
  /** What precedes p, n and r; undefined for a prime that the program does not take. */
  readonly field?: (p: number) => string[] | undefined;
  readonly algorithm?: string;
  /** Floating point: the rank may be wrong. */
  readonly inexact?: true;
}

function native(program: string): () => string[] | undefined {
  return () => {
    const bin = process.env['PEERS_BIN'];
    return bin && existsSync(join(bin, program)) ? [join(bin, program)] : undefined;
  };
}

function numpy(): string[] | undefined {
  const python = ['python3', '/usr/bin/python3'].find(
    (candidate) => spawnSync(candidate, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0,
  );
  return python ? [python, resolve('bench/numpy-rank.py')] : undefined;
}

const peers: readonly Peer[] = [
  {
    name: 'FFLAS-FFPACK',
    command: native('bench_fflas'),
    // Products of balanced residues must be exact doubles; Givaro's int64 takes primes below √2·2³¹.
    field: (p) => (p < 94906266 ? ['bdouble'] : p < 2 ** 31 ? ['int64'] : undefined),
    algorithm: 'Rank',
  },
  { name: 'FLINT', command: native('bench_flint') },
  // NTL's single-precision primes are below 2⁶⁰.
  { name: 'NTL', command: native('bench_ntl'), field: (p) => (p < 2 ** 60 ? [] : undefined) },
  { name: 'NTL, AVX-512', command: native('bench_ntln'), field: (p) => (p < 2 ** 60 ? [] : undefined) },
  { name: 'NumPy, floating point', command: numpy, inexact: true },
];

const installed = peers.flatMap((peer) => {
  const command = peer.command();
  return command ? [{ ...peer, command }] : [];
});

/** The installed peers, on one matrix of full rank; `close` deletes its file. */
export class PeerBench {
  readonly names: string[];
  readonly #folder: string;

  constructor(
    private readonly prime: number | bigint,
    private readonly n: number,
    residues: Residues,
  ) {
    this.names = installed
      .filter(({ field }) => !field || field(Number(prime)) !== undefined)
      .map(({ name }) => name);
    this.#folder = mkdtempSync(join(tmpdir(), 'peers-'));
    if (this.names.length === 0) return;
    let words: Uint32Array | BigUint64Array = residues;
    if (residues instanceof Uint32Array) {
      words = new Uint32Array(2 * residues.length);
      for (let i = 0; i < residues.length; i++) words[2 * i] = residues[i]!;
    }
    writeFileSync(join(this.#folder, `p${prime}_n${n}_r${n}.u64`), words);
  }

  /** The median and the best of `runs` times of a peer, in milliseconds, in one process. */
  time(name: string, runs: number): { median: number; best: number } {
    const { command, field, algorithm, inexact } = installed.find((peer) => peer.name === name)!;
    const [program, ...first] = command as [string, ...string[]];
    const line = execFileSync(
      program,
      [
        ...first,
        ...(field?.(Number(this.prime)) ?? []),
        String(this.prime),
        String(this.n),
        String(this.n),
        ...(algorithm ? [algorithm] : []),
      ],
      {
        env: {
          ...process.env,
          PEERS_DATA: this.#folder,
          PEERS_RUNS: String(runs),
          OPENBLAS_NUM_THREADS: '1',
          OMP_NUM_THREADS: '1',
        },
        encoding: 'utf8',
      },
    );
    const cells = line.trim().split('\t');
    if (!inexact && Number(cells[5]) !== this.n)
      throw new Error(`${name}: found rank ${cells[5]} of ${this.n}`);
    return { median: Number(cells[6]), best: Number(cells[9]) };
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

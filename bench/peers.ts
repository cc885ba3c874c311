import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * Native programs to compare with, from the folder `$PEERS_BIN`. Each is called as `program … p n r`, reads an n × n matrix of rank r
 * (little-endian u64, row-major) from `$PEERS_DATA/p<p>_n<n>_r<r>.u64` and prints a tab-separated line: library, field, p, n, r, the rank
 * it found, the median of its times in milliseconds, Gop/s, the number of runs, the best time.
 */
interface Peer {
  readonly name: string;
  readonly program: string;
  readonly field: (p: number) => string[];
  readonly algorithm?: string;
}

const peers: readonly Peer[] = [
  {
    name: 'FFLAS-FFPACK',
    program: 'bench_fflas',
    // Products of balanced residues must be exact doubles.
    field: (p) => [p < 94906266 ? 'bdouble' : 'int64'],
    algorithm: 'Rank',
  },
  { name: 'FLINT', program: 'bench_flint', field: () => [] },
  { name: 'NTL', program: 'bench_ntl', field: () => [] },
  { name: 'NTL, AVX-512', program: 'bench_ntln', field: () => [] },
];

/** The installed peers, on one matrix; `close` deletes its file. */
export class PeerBench {
  readonly names: string[];
  readonly #folder: string;
  readonly #peers: Peer[];
  readonly #bin = process.env['PEERS_BIN'] ?? '';

  constructor(
    private readonly prime: number,
    private readonly n: number,
    residues: Uint32Array,
  ) {
    this.#peers = peers.filter(({ program }) => this.#bin !== '' && existsSync(join(this.#bin, program)));
    this.names = this.#peers.map(({ name }) => name);
    this.#folder = mkdtempSync(join(tmpdir(), 'peers-'));
    if (this.#peers.length > 0)
      writeFileSync(
        join(this.#folder, `p${prime}_n${n}_r${n}.u64`),
        new Uint8Array(BigUint64Array.from(residues, BigInt).buffer),
      );
  }

  /** The best of `runs` times of a peer, in milliseconds, in one process. */
  time(name: string, runs: number): number {
    const { program, field, algorithm } = this.#peers.find((peer) => peer.name === name)!;
    const line = execFileSync(
      join(this.#bin, program),
      [
        ...field(this.prime),
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
    if (Number(cells[5]) !== this.n) throw new Error(`${name}: found rank ${cells[5]} of ${this.n}`);
    return Number(cells[9]);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * Programs to compare with: native ones from the folder `$PEERS_BIN`, and NumPy where a Python has it. Each native one is called as
 * `program … p n r`, reads an n × n matrix of rank r (little-endian u64, row-major) from `$PEERS_DATA/p<p>_n<n>_r<r>.u64` and prints a tab-separated
 * line: library, field, p, n, r, the rank it found, the median of its times in milliseconds, Gop/s, the number of runs, the best time.
 */
interface Peer {
  readonly name: string;
  /** Whether it can, and within a minute or so. */
  readonly accepts: (prime: bigint, n: number) => boolean;
  /** The best of `runs` times in milliseconds, and the rank found, for the matrix in `file`. */
  readonly time: (prime: bigint, n: number, folder: string, runs: number) => { ms: number; rank: number };
}

const bin = process.env['PEERS_BIN'] ?? '';

function fileOf(prime: bigint, n: number): string {
  return `p${prime}_n${n}_r${n}.u64`;
}

function native(
  name: string,
  program: string,
  accepts: Peer['accepts'],
  field: (prime: bigint) => string[] = () => [],
  algorithm: string[] = [],
): Peer[] {
  const path = join(bin, program);
  if (bin === '' || !existsSync(path)) return [];
  const time: Peer['time'] = (prime, n, folder, runs) => {
    const args = [...field(prime), String(prime), String(n), String(n), ...algorithm];
    const line = execFileSync(path, args, {
      env: {
        ...process.env,
        PEERS_DATA: folder,
        PEERS_RUNS: String(runs),
        OPENBLAS_NUM_THREADS: '1',
        OMP_NUM_THREADS: '1',
      },
      encoding: 'utf8',
    });
    const cells = line.trim().split('\t');
    return { ms: Number(cells[9]), rank: Number(cells[5]) };
  };
  return [{ name, accepts, time }];
}

const numpyProgram = `
import sys, time
import numpy
path, n, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
matrix = numpy.fromfile(path, dtype="<u8").reshape(n, n).astype(float)
times = []
for _ in range(runs):
    start = time.perf_counter()
    rank = numpy.linalg.matrix_rank(matrix)
    times.append(time.perf_counter() - start)
print(1000 * min(times), rank)
`;

/** `matrix_rank` of the integers 0 … p − 1, which is a floating-point rank over R: not the same question, but what users ask. */
function numpy(): Peer[] {
  const python = ['python3', '/usr/bin/python3'].find(
    (path) => spawnSync(path, ['-c', 'import numpy']).status === 0,
  );
  if (python === undefined) return [];
  const time: Peer['time'] = (prime, n, folder) => {
    const text = execFileSync(
      python,
      ['-c', numpyProgram, join(folder, fileOf(prime, n)), String(n), n <= 512 ? '3' : '1'],
      { env: { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' }, encoding: 'utf8' },
    );
    const [ms, rank] = text.trim().split(' ').map(Number);
    return { ms: ms!, rank: rank! };
  };
  return [{ name: 'NumPy matrix_rank', accepts: (prime, n) => prime < 2n ** 31n && n <= 1024, time }];
}

const peers: readonly Peer[] = [
  ...native(
    'FFLAS-FFPACK',
    'bench_fflas',
    (prime) => prime < 2n ** 31n,
    // Products of balanced residues must be exact doubles.
    (prime) => [prime < 94906266n ? 'bdouble' : 'int64'],
    ['Rank'],
  ),
  ...native('FLINT', 'bench_flint', () => true),
  ...native('NTL', 'bench_ntl', (prime) => prime < 2n ** 60n),
  ...native('NTL, AVX-512', 'bench_ntln', (prime) => prime < 2n ** 60n),
  ...numpy(),
];

/** The installed peers that accept a size, on one matrix; `close` deletes its file. */
export class PeerBench {
  readonly names: string[];
  readonly #folder: string;
  readonly #peers: Peer[];

  constructor(
    private readonly prime: bigint,
    private readonly n: number,
    residues: BigUint64Array,
  ) {
    this.#peers = peers.filter(({ accepts }) => accepts(prime, n));
    this.names = this.#peers.map(({ name }) => name);
    this.#folder = mkdtempSync(join(tmpdir(), 'peers-'));
    if (this.#peers.length > 0) writeFileSync(join(this.#folder, fileOf(prime, n)), residues);
  }

  /** The best of `runs` times of a peer, in milliseconds, in one process. */
  time(name: string, runs: number): number {
    const peer = this.#peers.find((one) => one.name === name)!;
    const { ms, rank } = peer.time(this.prime, this.n, this.#folder, runs);
    if (rank !== this.n) throw new Error(`${name}: found rank ${rank} of ${this.n}`);
    return ms;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

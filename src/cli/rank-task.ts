import { fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { certifyRank, certifyRankOverQ, serializeCertificate } from '../certificate/index.ts';
import { readIntegerMatrix, readMatrix, type MatrixFormat } from '../matrix-file/index.ts';
import { rankAsync, type Matrix } from '../matrix/index.ts';
import { rankOverQAsync } from '../rational/index.ts';
import type { Residue } from '../field/residue.ts';
import type { Progress } from '../pace.ts';
import { secondsSince } from './context.ts';
import { fileReason, InputError } from './errors.ts';

/** What `dimcert rank` asks of its thread. */
export interface RankRequest {
  /** The matrix in messages. */
  readonly name: string;
  /** Of an open file; null if it comes through the thread's stdin. */
  readonly descriptor: number | null;
  /** Null: over the rational numbers. */
  readonly prime: Residue | null;
  readonly threads: number;
  readonly certificate: boolean;
}

/** What the thread finds. */
export interface RankFound {
  readonly format: MatrixFormat;
  readonly rows: number;
  readonly cols: number;
  readonly rank: number;
  /** Of the computation, without reading the file. */
  readonly seconds: number;
  /** The bytes of the certificate, if one was asked for. */
  readonly certificate: string | null;
}

/** Reads a matrix, and computes its rank: all of `dimcert rank` that takes time. It runs in a thread of its own, where the matrix stays. */
export async function rankTask(
  { name, descriptor, prime, threads, certificate }: RankRequest,
  onProgress: (progress: Progress) => void,
): Promise<RankFound> {
  const { format, matrix } = await readFrom(name, descriptor, prime, onProgress);
  const { rows, cols } = matrix;
  const start = performance.now();
  if (!certificate) {
    const rank =
      prime === null
        ? await rankOverQAsync(matrix, { onProgress })
        : await rankAsync(matrix, prime, { threads, onProgress });
    return { format, rows, cols, rank, seconds: secondsSince(start), certificate: null };
  }
  const certified =
    prime === null
      ? await certifyRankOverQ(matrix, { onProgress })
      : await certifyRank(matrix, prime, { onProgress });
  const text = serializeCertificate(certified.certificate);
  return { format, rows, cols, rank: certified.rank, seconds: secondsSince(start), certificate: text };
}

/** Reads a matrix chunk by chunk; an `InputError` says where the file is wrong. */
async function readFrom(
  name: string,
  descriptor: number | null,
  prime: Residue | null,
  onProgress: (progress: Progress) => void,
): Promise<{ format: MatrixFormat; matrix: Matrix }> {
  try {
    const chunks = descriptor === null ? process.stdin : chunksOf(descriptor, onProgress);
    return await (prime === null ? readIntegerMatrix(chunks) : readMatrix(chunks, prime));
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`${name}: ${error.message}`, { cause: error });
    throw new InputError(`${name}: cannot be read: ${fileReason(error)}`, { cause: error });
  }
}

const chunkBytes = 2 ** 18;
const readBytes = promisify(read);

/** The chunks of a file, with progress in megabytes, at most ten times a second. */
async function* chunksOf(
  descriptor: number,
  onProgress: (progress: Progress) => void,
): AsyncGenerator<Uint8Array> {
  const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
  const total = megabytes(fstatSync(descriptor).size);
  let bytes = 0;
  let next = performance.now() + 100;
  // Not as a stream, which would close the descriptor when it is destroyed: the process opened it, not the thread.
  for (;;) {
    const { bytesRead, buffer } = await readBytes(
      descriptor,
      Buffer.allocUnsafe(chunkBytes),
      0,
      chunkBytes,
      null,
    );
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    bytes += bytesRead;
    if (total === 0 || performance.now() < next) continue;
    next = performance.now() + 100;
    onProgress({ phase: 'reading MB', done: megabytes(bytes), total });
  }
}

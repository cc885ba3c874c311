import { scalarWasm, simdWasm } from './wasm.generated.ts';

/** Which of the two builds of the kernel: with 128-bit vectors, or without. */
export type KernelBuild = 'simd' | 'scalar';

/** The functions of assembly/index.ts. Offsets in bytes, strides in elements. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  configure(prime: bigint, elementBytes: number, depth: number, foldTerms: number, products: number): void;
  /** Where the tables of src/kernel/residue-number-system.ts belong. */
  residueTables(): number;
  allocate(bytes: number): number;
  /** 1 if `bytes` more fit on the heap, and the memory has grown for them; else 0. */
  reserve(bytes: number): number;
  mark(): number;
  release(offset: number): void;
  /** Where `stagingLength` doubles wait for `storeStaged`. */
  stagingAt(): number;
  /** −1, or the index of the first double that is no safe integer. */
  storeStaged(count: number, to: number): number;
  /** The same for staged i64, or u64; all are integers. */
  storeStagedIntegers(count: number, to: number, unsigned: number): void;
  /** Stages the residues 0 … p − 1 of `count` elements, as i64. */
  stage(count: number, from: number): void;
  product(
    keep: number,
    flip: number,
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    cRow: number,
  ): void;
  pullbackWeights(rows: number, columns: number, g: number, w: number): void;
  scaleColumns(
    rows: number,
    columns: number,
    from: number,
    factors: number,
    to: number,
    accumulate: number,
  ): void;
  addElements(count: number, from: number, to: number): void;
  pullbackRoots(rows: number, columns: number, g: number, y: number, z: number, rho: bigint): void;
  gatherColumns(
    rows: number,
    count: number,
    columns: number,
    from: number,
    fromRow: number,
    to: number,
    toRow: number,
  ): void;
  openElimination(
    matrix: number,
    stride: number,
    rows: number,
    lower: number,
    lowerStride: number,
    strip: number,
    origins: number,
    pivotColumns: number,
    pivotValues: number,
    pivotInverses: number,
  ): void;
  stripBytes(rows: number): number;
  factorPanel(column: number, width: number, rank: number): number;
  /** The pivot rows of a panel, from column `left` to `right`. */
  solveLower(rank: number, found: number, left: number, right: number): void;
  /** These, and their effect on the rows below. */
  updateColumns(rank: number, found: number, left: number, right: number): void;
  /** Exchanges row `first` + i with row partners[i], one after the other. Sizes and strides in bytes. */
  exchangeRows(at: number, row: number, bytes: number, first: number, count: number, partners: number): void;
  /** Must be called when `lower` gets other contents than those of `factorPanel`. */
  forgetInverses(): void;
  clearLeft(matrix: number, stride: number, rank: number, pivotColumns: number): void;
  subtractCombination(
    target: number,
    length: number,
    count: number,
    coefficients: number,
    vectors: number,
    stride: number,
  ): void;
  scale(target: number, length: number, factor: bigint): void;
  /** The tile of word primes, for the test of its bound. */
  tileWord(steps: number, a: number, b: number, sums: number): void;
  finishWord(sums: number, c: number, row: number, keep: number): void;
  solveUpperFromRight(m: number, s: number, g: number, gRow: number, t: number, row: number): void;
  krylovBytes(rowStride: number): number;
  openKrylov(
    n: number,
    width: number,
    matrix: number,
    matrixRow: number,
    basis: number,
    basisRow: number,
    scratch: number,
  ): void;
  krylovCycle(first: number): number;
  /** 1 or 0. */
  krylovCloses(k: number): number;
}

const compiled: { simd?: WebAssembly.Module; scalar?: WebAssembly.Module } = {};

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** The build that this engine can run: SIMD wherever it validates. */
export function bestBuild(): KernelBuild {
  return compiled.simd || WebAssembly.validate(bytesOf(simdWasm)) ? 'simd' : 'scalar';
}

/** The compiled module, for instances in other threads, too; it is compiled once. Synchronous: the module is a few kilobytes. */
export function compiledModule(build: KernelBuild): WebAssembly.Module {
  return (compiled[build] ??= new WebAssembly.Module(bytesOf(build === 'simd' ? simdWasm : scalarWasm)));
}

/** A new instance, with a memory of its own. */
export function instantiate(build: KernelBuild): KernelExports {
  return new WebAssembly.Instance(compiledModule(build), {}).exports as unknown as KernelExports;
}

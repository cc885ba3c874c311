import type { ParameterRef, Tensor } from '../graph/tensor.ts';
import { operands } from '../graph/tensor.ts';
import { framesOf, isSameFrame, type Frame } from './frames.ts';
import type { Setting } from './setting.ts';
import { SignedPartition } from './signed-partition.ts';
import type { Tangent } from './tangent.ts';
import { TangentBuilder } from './tangent-builder.ts';

/**
 * Changes of basis x ↦ x(1 + εξ) of the tokens of each tensor, ξ without diagonal, that the parameters can undo: docs/gauge.md, "Changes of basis".
 *
 * Tensors that are only added, biased, mixed or normalized have one ξ; a norm takes antisymmetric ones, scores those with ξ_q = −ξ_kᵀ, what acts entry by entry none. Every
 * entry of ξ is ± an entry of another, or 0: each class of entries is one field.
 */
export function* basisFields(setting: Setting): Generator<Tangent, void, undefined> {
  const bases = new Bases(setting);
  for (const members of bases.classes()) {
    const tangent = bases.tangent(members);
    if (tangent) yield tangent;
  }
}

/** The entry (i, j) of ξ of a group, with a sign. */
interface Member {
  readonly group: Group;
  readonly i: number;
  readonly j: number;
  readonly sign: 1 | -1;
}

/** Tensors with one ξ, up to their frames. */
interface Group {
  readonly width: number;
  /** The first of its entries in the partition. */
  readonly first: number;
  readonly tensors: Tensor[];
  /** A layernorm reads it: ξ stands for CξC, with C = 1 − 𝟙𝟙ᵀ/d. */
  isCentered: boolean;
}

class Bases {
  readonly #setting: Setting;
  readonly #frames: ReadonlyMap<Tensor, Frame>;
  readonly #groups = new Map<Tensor, Group>();
  readonly #entries: SignedPartition;

  constructor(setting: Setting) {
    this.#setting = setting;
    const { tensors } = setting;
    this.#frames = framesOf(tensors);
    let size = 0;
    for (const members of identified(tensors)) {
      const { cols } = members[0]!;
      const group: Group = { width: cols, first: size, tensors: members, isCentered: false };
      size += cols * cols;
      for (const tensor of members) this.#groups.set(tensor, group);
    }
    this.#entries = new SignedPartition(size);
    for (const tensor of tensors) this.#constrain(tensor);
    this.#fix(setting.graph.output);
    this.#tie();
  }

  /** The classes of entries that are not forced to be 0. */
  *classes(): Generator<Member[], void, undefined> {
    const byRoot = new Map<number, Member[]>();
    for (const group of new Set(this.#groups.values()))
      for (let i = 0; i < group.width; i++)
        for (let j = 0; j < group.width; j++) {
          if (i === j) continue;
          const { root, sign } = this.#entries.find(group.first + i * group.width + j);
          if (this.#entries.isZero(root)) continue;
          const members = byRoot.get(root) ?? [];
          members.push({ group, i, j, sign });
          byRoot.set(root, members);
        }
    for (const members of byRoot.values()) {
      const centered = members.filter(({ group }) => group.isCentered).length;
      if (centered === 0 || centered === members.length) yield members;
    }
  }

  /** The field of a class; null where it is not defined: a gain in its frames is 0. */
  tangent(members: readonly Member[]): Tangent | null {
    const tangent = new TangentBuilder(this.#setting.field);
    const byGroup = new Map<Group, Member[]>();
    for (const member of members) byGroup.set(member.group, [...(byGroup.get(member.group) ?? []), member]);
    for (const [group, list] of byGroup) {
      const entries = this.#actual(group, list);
      for (const tensor of group.tensors) {
        const framed = this.#inFrame(tensor, entries);
        if (framed === null) return null;
        this.#compensate(tensor, framed, tangent);
      }
    }
    return tangent.tangent;
  }

  /** The tensors whose ξ are one, up to the frame, and what their operations demand of it. */
  #constrain(tensor: Tensor): void {
    const { operation: op } = tensor;
    if (this.#frames.get(tensor)! === null) this.#fix(tensor);
    switch (op.kind) {
      case 'input':
        return this.#fix(tensor);
      case 'power':
      case 'function':
        this.#fix(op.x);
        return this.#fix(tensor);
      case 'product':
        this.#fix(op.x);
        this.#fix(op.y);
        return this.#fix(tensor);
      case 'center':
        this.#group(op.x).isCentered = true;
        return;
      case 'normalize':
        this.#ifUnframed(op.x);
        return this.#eachEntry(op.x, (i, j) => this.#link(op.x, i, j, op.x, j, i, -1));
      case 'rotate':
        this.#ifUnframed(op.x);
        if (this.#group(op.x).isCentered) this.#fix(op.x);
        return this.#eachEntry(op.x, (i, j) => {
          const [pair, other] = [Math.floor(i / 2), Math.floor(j / 2)];
          const isTurned = Math.min(i, j) < op.rotation.dim;
          if (isTurned && pair !== other) this.#zero(op.x, i, j);
          else if (isTurned) this.#link(op.x, i, j, op.x, j, i, -1);
        });
      case 'scores':
        this.#ifUnframed(op.q);
        this.#ifUnframed(op.k);
        return this.#eachEntry(op.q, (i, j) => this.#link(op.q, i, j, op.k, j, i, -1));
      // One ξ with their operands (`identified`), or none of their own.
      case 'linear':
      case 'bias':
      case 'positions':
      case 'gain':
      case 'combination':
      case 'mask':
      case 'softmax':
      case 'mix':
        return;
      default:
        op satisfies never;
    }
  }

  /** A parameter that enters in several places changes in one way. */
  #tie(): void {
    const offsets = new Map<number, ParameterRef>();
    for (const { operation: op } of this.#setting.tensors) {
      if (op.kind === 'linear') offsets.set(op.weight.offset, op.weight);
      else if (op.kind === 'bias') offsets.set(op.vector.offset, op.vector);
      else if (op.kind === 'positions') offsets.set(op.matrix.offset, op.matrix);
    }
    for (const parameter of offsets.values()) {
      const [first, ...others] = this.#setting.usesOf(parameter).map(sidesOf);
      for (const other of others)
        first!.forEach((side, index) => {
          const twin = other[index]!;
          if (!isSameFrame(this.#frames.get(side.tensor)!, this.#frames.get(twin.tensor)!)) {
            this.#fix(side.tensor);
            this.#fix(twin.tensor);
          } else
            this.#eachEntry(side.tensor, (i, j) =>
              side.isTransposed === twin.isTransposed
                ? this.#link(side.tensor, i, j, twin.tensor, i, j, 1)
                : this.#link(side.tensor, i, j, twin.tensor, j, i, -1),
            );
          // In a frame the transpose is another matrix.
          if (side.isTransposed !== twin.isTransposed) {
            this.#ifUnframed(side.tensor);
            this.#ifUnframed(twin.tensor);
          }
        });
    }
  }

  /** What the parameters behind and before a tensor must do where it changes by ξ, given by entries in its frame. */
  #compensate(tensor: Tensor, framed: readonly [number, number, number][], tangent: TangentBuilder): void {
    const { field } = this.#setting;
    const negative = (value: number): number => field.subtract(0, value);
    {
      const { operation: op } = tensor;
      if (op.kind === 'linear' && this.#isFirstUse(op.weight, tensor))
        for (const [i, j, xi] of framed)
          for (let k = 0; k < op.x.cols; k++) {
            // δWᵀ = Wᵀξ, or δW = Wξ if transposed
            if (op.transposed)
              tangent.add(op.weight, k, j, field.multiply(xi, this.#setting.value(op.weight, k, i)));
            else tangent.add(op.weight, j, k, field.multiply(xi, this.#setting.value(op.weight, i, k)));
          }
      if (op.kind === 'bias' && this.#isFirstUse(op.vector, tensor))
        for (const [i, j, xi] of framed)
          tangent.add(op.vector, j, 0, field.multiply(xi, this.#setting.value(op.vector, i)));
      if (op.kind === 'positions' && this.#isFirstUse(op.matrix, tensor))
        for (const [i, j, xi] of framed)
          for (let k = 0; k < op.matrix.rows; k++)
            tangent.add(op.matrix, k, j, field.multiply(xi, this.#setting.value(op.matrix, k, i)));
    }
    for (const reader of this.#setting.consumersOf(tensor)) {
      const { operation: op } = reader;
      if (op.kind !== 'linear' || !this.#isFirstUse(op.weight, reader)) continue;
      for (const [i, j, xi] of framed)
        for (let k = 0; k < reader.cols; k++) {
          // δWᵀ = −ξWᵀ, or δW = −ξW if transposed
          if (op.transposed)
            tangent.add(op.weight, i, k, negative(field.multiply(xi, this.#setting.value(op.weight, j, k))));
          else
            tangent.add(op.weight, k, i, negative(field.multiply(xi, this.#setting.value(op.weight, k, j))));
        }
    }
  }

  /** ξ of a group before the frames. */
  #actual({ width, isCentered }: Group, members: readonly Member[]): [number, number, number][] {
    const { field } = this.#setting;
    if (!isCentered) return members.map(({ i, j, sign }) => [i, j, field.reduce(sign)]);
    // (C E_ij C)_kl = (δ_ki − 1/d)(δ_jl − 1/d)
    const c = this.#setting.centering(width);
    const entries: [number, number, number][] = [];
    for (let k = 0; k < width; k++)
      for (let l = 0; l < width; l++) {
        const value = members.reduce(
          (sum, { i, j, sign }) =>
            field.add(sum, field.multiply(field.reduce(sign), field.multiply(c[k]![i]!, c[j]![l]!))),
          0,
        );
        if (value !== 0) entries.push([k, l, value]);
      }
    return entries;
  }

  /** Γ⁻¹ξΓ; null where Γ has no inverse. */
  #inFrame(
    tensor: Tensor,
    entries: readonly [number, number, number][],
  ): readonly [number, number, number][] | null {
    const frame = this.#frames.get(tensor)!;
    if (frame === null || frame.length === 0) return entries;
    const { field } = this.#setting;
    const gains = frame
      .map((gain) => this.#setting.gains(gain))
      .reduce((product, gain) => product.map((g, i) => field.multiply(g, gain[i]!)));
    if (gains.includes(0)) return null;
    return entries.map(([i, j, xi]) => [
      i,
      j,
      field.multiply(xi, field.multiply(gains[j]!, field.inverse(gains[i]!))),
    ]);
  }

  #isFirstUse(parameter: ParameterRef, tensor: Tensor): boolean {
    return this.#setting.usesOf(parameter)[0] === tensor;
  }

  #group(tensor: Tensor): Group {
    return this.#groups.get(tensor)!;
  }

  #entry(tensor: Tensor, i: number, j: number): number {
    const { first, width } = this.#group(tensor);
    return first + i * width + j;
  }

  #link(a: Tensor, i: number, j: number, b: Tensor, k: number, l: number, sign: 1 | -1): void {
    this.#entries.link(this.#entry(a, i, j), this.#entry(b, k, l), sign);
  }

  #zero(tensor: Tensor, i: number, j: number): void {
    this.#entries.setZero(this.#entry(tensor, i, j));
  }

  #fix(tensor: Tensor): void {
    this.#eachEntry(tensor, (i, j) => this.#zero(tensor, i, j));
  }

  /** Entries are known in the coordinates of the tensor itself only if it has passed no gain. */
  #ifUnframed(tensor: Tensor): void {
    if (this.#frames.get(tensor)?.length !== 0) this.#fix(tensor);
  }

  #eachEntry({ cols }: Tensor, visit: (i: number, j: number) => void): void {
    for (let i = 0; i < cols; i++) for (let j = 0; j < cols; j++) if (i !== j) visit(i, j);
  }
}

/** Token by token tensors that are equal up to a change of basis of one kind: their sums, biases, mixtures, norms. */
function identified(tensors: readonly Tensor[]): Tensor[][] {
  const groupOf = new Map<Tensor, Tensor[]>();
  for (const tensor of tensors) {
    const { kind } = tensor.operation;
    if (kind === 'scores' || kind === 'mask' || kind === 'softmax') continue;
    const merged = [tensor];
    groupOf.set(tensor, merged);
    for (const operand of identifiedOperands(tensor)) {
      const group = groupOf.get(operand)!;
      if (group === groupOf.get(tensor)) continue;
      const target = groupOf.get(tensor)!;
      for (const member of group) {
        target.push(member);
        groupOf.set(member, target);
      }
    }
  }
  return [...new Set(groupOf.values())];
}

function identifiedOperands(tensor: Tensor): readonly Tensor[] {
  const { operation: op } = tensor;
  if (op.kind === 'mix') return [op.v];
  const isLinked = ['combination', 'bias', 'positions', 'gain', 'center', 'normalize', 'rotate'].includes(
    op.kind,
  );
  return isLinked ? operands(tensor) : [];
}

/** One side of a parameter that enters a tensor: it changes by ξᵀ·, or in a transposed map by −ξ·. */
interface Side {
  readonly tensor: Tensor;
  readonly isTransposed: boolean;
}

/** The rows' side, then the columns' side. */
function sidesOf(tensor: Tensor): readonly Side[] {
  const { operation: op } = tensor;
  if (op.kind !== 'linear') return [{ tensor, isTransposed: false }];
  const sides = [
    { tensor, isTransposed: op.transposed },
    { tensor: op.x, isTransposed: op.transposed },
  ];
  return op.transposed ? sides.reverse() : sides;
}

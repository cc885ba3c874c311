export {
  symmetries,
  type Entry,
  type NormalFormField,
  type Symmetries,
  type SymmetriesOptions,
} from './symmetries.ts';
export type { FieldTerm, SymmetryGroup } from './report.ts';

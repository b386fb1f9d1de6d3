/** A row of figures: at a point of time or in a category, of an object or group, with its values by name. */
export interface FigureRow {
  at?: number;
  /** Place in the order of the part's categories. */
  category?: number;
  /** What tells objects of one name apart. */
  id?: string;
  label?: string | null;
  group?: string;
  [value: string]: string | number | boolean | null | undefined;
}

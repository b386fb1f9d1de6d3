export { run } from './run.ts';
export type { Terminal } from './terminal/terminal.ts';
export { shownFields } from './output/render.ts';

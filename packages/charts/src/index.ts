export { draw, drawnLimits, usualHeight, type DrawOptions } from './draw.ts';
export { figureText, pointText } from './figures.ts';
export { palette, type Drawing, type Shape } from './shapes.ts';
export { svgOf } from './svg.ts';

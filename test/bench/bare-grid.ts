import type { Page } from 'playwright-core';

/** What a grid shows of a row. */
export type BareRow = readonly string[];

const rowPixels = 44;

/** Runs in the page: rows in sight are drawn into elements that are used again and again, and nothing else is there. */
function drawBareGrid([rows, height]: [string[][], number]): void {
  const scroller = document.createElement('div');
  scroller.setAttribute('role', 'grid');
  scroller.style.cssText = 'position:absolute;inset:0;overflow:auto;contain:strict;font:14px sans-serif';
  const body = document.createElement('div');
  body.style.cssText = `position:relative;height:${rows.length * height}px`;
  scroller.append(body);
  document.body.replaceChildren(scroller);
  const shown = new Map<number, HTMLElement>();
  const spare: HTMLElement[] = [];
  const fill = (element: HTMLElement, index: number): void => {
    for (const [at, text] of rows[index]!.entries()) {
      const cell = element.children[at] as HTMLElement;
      if (cell.textContent !== text) cell.textContent = text;
    }
  };
  const made = (): HTMLElement => {
    const element = document.createElement('div');
    element.style.cssText = `position:absolute;left:0;right:0;height:${height}px;display:grid;grid-template-columns:repeat(${rows[0]!.length},1fr);contain:strict`;
    for (let at = 0; at < rows[0]!.length; at += 1) {
      const cell = element.appendChild(document.createElement('div'));
      cell.style.cssText = 'overflow:hidden;text-overflow:ellipsis;white-space:nowrap';
    }
    return body.appendChild(element);
  };
  const draw = (): void => {
    const from = Math.max(0, Math.floor(scroller.scrollTop / height) - 8);
    const to = Math.min(rows.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / height) + 8);
    for (const [index, element] of shown)
      if (index < from || index >= to) {
        shown.delete(index);
        spare.push(element);
      }
    for (let index = from; index < to; index += 1) {
      if (shown.has(index)) continue;
      const element = spare.pop() ?? made();
      element.style.transform = `translateY(${index * height}px)`;
      fill(element, index);
      shown.set(index, element);
    }
  };
  scroller.addEventListener('scroll', draw, { passive: true });
  draw();
  let turn = 0;
  setInterval(() => {
    for (let count = 0; count < 125; count += 1) {
      const index = (turn = (turn + 7919) % rows.length);
      rows[index] = rows[index]!.with(1, turn % 2 === 0 ? 'Up' : 'Powering up');
      const element = shown.get(index);
      if (element !== undefined) fill(element, index);
    }
  }, 250);
}

/** Shows rows in a grid with nothing around it, of which 500 change in a second, four times at once: the yardstick of the portal's. */
export async function showBareGrid(page: Page, rows: readonly BareRow[]): Promise<void> {
  await page.setContent('<!doctype html><title>bare grid</title>');
  await page.evaluate(drawBareGrid, [rows.map((row) => [...row]), rowPixels] as [string[][], number]);
}

/** Frames a second while a grid is scrolled by 120 pixels a frame; the longest frame but one of a hundred. */
export async function scrolled(page: Page, seconds: number): Promise<{ rate: number; slowMs: number }> {
  const times = await page.evaluate(async (lasting) => {
    const scroller = document.querySelector('[role=grid]')!;
    scroller.scrollTop = 0;
    const at: number[] = [];
    await new Promise<void>((resolve) => {
      const step = (now: number): void => {
        at.push(now);
        if (now - at[0]! > lasting) return resolve();
        scroller.scrollTop += 120;
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    });
    return at;
  }, seconds * 1000);
  const frames = times.slice(1).map((time, at) => time - (times[at] ?? time));
  const whole = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return { rate: (frames.length * 1000) / whole, slowMs: frames.toSorted((a, b) => a - b)[Math.floor(frames.length * 0.99)] ?? 0 };
}

/**
 * A picture between the camera and the store, all of it in memory: smaller, cut, blurred, marked.
 *
 * Drawn anew from the camera's file each time, so that taking back is leaving out a step. Nothing but the result is
 * ever stored: what was under the blur is gone with the page.
 */

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Step = { kind: 'blur' | 'crop'; area: Area };

export class Unreadable extends Error {
  override name = 'Unreadable';
}

const LARGEST = 1600;
const QUALITY = 0.82;

function blank(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  const pen = canvas.getContext('2d', { alpha: false });
  if (!pen) throw new Unreadable();
  return [canvas, pen];
}

/** The camera's file, upright and at most `largest` pixels on its longer side. */
export async function decode(file: Blob, largest = LARGEST): Promise<HTMLCanvasElement> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Unreadable();
  });
  const scale = Math.min(1, Math.min(largest || LARGEST, LARGEST) / Math.max(bitmap.width, bitmap.height));
  const [canvas, pen] = blank(bitmap.width * scale, bitmap.height * scale);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

/** A new canvas with every step done, in order. Areas are in pixels of the picture as it was at that step. */
export function redrawn(source: HTMLCanvasElement, steps: readonly Step[]): HTMLCanvasElement {
  let [canvas, pen] = blank(source.width, source.height);
  pen.drawImage(source, 0, 0);
  for (const { kind, area } of steps) {
    if (kind === 'blur') pixelate(canvas, pen, area);
    else [canvas, pen] = cut(canvas, area);
  }
  return canvas;
}

function cut(canvas: HTMLCanvasElement, area: Area): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const [smaller, pen] = blank(area.width, area.height);
  pen.drawImage(canvas, area.x, area.y, area.width, area.height, 0, 0, smaller.width, smaller.height);
  return [smaller, pen];
}

/** Squares so large that six of them cover the area's longer side: nothing can be made out again. */
function pixelate(canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D, area: Area): void {
  const square = Math.max(12, Math.ceil(Math.max(area.width, area.height) / 6));
  const [small, smallPen] = blank(Math.ceil(area.width / square), Math.ceil(area.height / square));
  smallPen.imageSmoothingQuality = 'high';
  smallPen.drawImage(canvas, area.x, area.y, area.width, area.height, 0, 0, small.width, small.height);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, 0, 0, small.width, small.height, area.x, area.y, area.width, area.height);
  pen.imageSmoothingEnabled = true;
}

/** Writes lines along the lower edge, light on dark, large enough to be read on a screen in an office. */
export function burn(canvas: HTMLCanvasElement, lines: readonly string[]): void {
  const pen = canvas.getContext('2d');
  if (!pen || lines.length === 0) return;
  let size = Math.max(12, Math.round(Math.min(canvas.width, canvas.height) / 34));
  const font = () => `${size}px "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif`;
  pen.font = font();
  const widest = Math.max(...lines.map((line) => pen.measureText(line).width));
  if (widest > canvas.width - 2 * size) size = Math.max(8, Math.floor((size * (canvas.width - size)) / (widest + size)));
  const step = size * 1.45;
  const height = lines.length * step + size;
  pen.fillStyle = 'rgb(0 0 0 / 55%)';
  pen.fillRect(0, canvas.height - height, canvas.width, height);
  pen.fillStyle = '#fff';
  pen.font = font();
  pen.textBaseline = 'middle';
  lines.forEach((line, index) => pen.fillText(line, size * 0.8, canvas.height - height + size * 0.5 + step * (index + 0.5)));
}

export function asJpeg(canvas: HTMLCanvasElement): Promise<Blob> {
  return asBlob(canvas, 'image/jpeg', QUALITY);
}

export function asBlob(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> {
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Unreadable())), type, quality));
}

/** Gives a canvas's memory back at once: phones have little. */
export function forget(canvas: HTMLCanvasElement | null): void {
  if (canvas) canvas.width = canvas.height = 0;
}

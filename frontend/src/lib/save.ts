// Charts as files: the SVG as it is drawn, or painted on a white canvas at twice its size.
function source(box: HTMLElement): SVGSVGElement | undefined {
  const drawn = box.querySelector("svg");
  if (!drawn) return undefined;
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", "#ffffff");
  copy.prepend(ground);
  return copy;
}

export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function svgText(box: HTMLElement): string | undefined {
  const drawn = source(box);
  return drawn && new XMLSerializer().serializeToString(drawn).replaceAll("<!---->", "");
}

export function saveSvg(box: HTMLElement, name: string): void {
  const text = svgText(box);
  if (text) save(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`);
}

export async function savePng(box: HTMLElement, name: string): Promise<void> {
  const text = svgText(box);
  const drawn = box.querySelector("svg");
  if (!text || !drawn) return;
  const image = new Image();
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = drawn.clientWidth * 2;
  canvas.height = drawn.clientHeight * 2;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(address);
  canvas.toBlob((blob) => blob && save(blob, `${name}.png`));
}

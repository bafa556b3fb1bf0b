"""Make a screenshot small: a PNG of 256 colours, which text and boxes can do with."""

import base64
import struct
import zlib

from selenium import webdriver

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The browser decodes the picture; what comes back is a palette, and one byte a pixel.
COUNT = """
const done = arguments[1];
const image = new Image();
image.onload = () => {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const parts = (p) => [p & 255, (p >> 8) & 255, (p >> 16) & 255];
  const colours = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a)).map((pixel) => (
    { pixel, rgb: parts(pixel), at: 0, far: Infinity }
  ));
  const palette = [];
  const take = (rgb) => {
    for (const each of colours) {
      const [r, g, b] = each.rgb;
      const far = 2 * (r - rgb[0]) ** 2 + 4 * (g - rgb[1]) ** 2 + 3 * (b - rgb[2]) ** 2;
      if (far < each.far) { each.far = far; each.at = palette.length; }
    }
    palette.push(rgb);
  };
  // The most frequent ones; then always the one that is worst off, or a small red cross turns grey.
  colours.slice(0, 160).forEach((each) => take(each.rgb));
  while (palette.length < 256) {
    const worst = colours.reduce((a, b) => (b.far > a.far ? b : a));
    if (!worst.far) break;
    take(worst.rgb);
  }
  const place = new Map(colours.map((each) => [each.pixel, each.at]));
  let bytes = "";
  for (const pixel of pixels) bytes += String.fromCharCode(place.get(pixel));
  done({ width: image.width, height: image.height, palette: palette.flat(), pixels: btoa(bytes) });
};
image.src = "data:image/png;base64," + arguments[0];
"""


def small_png(browser: webdriver.Chrome, screenshot: str) -> bytes:
    """Return a screenshot (base64) as a PNG of 256 colours."""
    browser.get("about:blank")
    found = browser.execute_async_script(COUNT, screenshot)
    width, height = found["width"], found["height"]
    pixels = base64.b64decode(found["pixels"])
    # Filter 0, none, before each line: best for a palette (PNG specification, 12.7).
    lines = b"".join(b"\0" + pixels[at : at + width] for at in range(0, width * height, width))
    return SIGNATURE + b"".join((
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        _chunk(b"PLTE", bytes(found["palette"])),
        _chunk(b"IDAT", zlib.compress(lines, 9)),
        _chunk(b"IEND", b""),
    ))  # fmt: skip


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

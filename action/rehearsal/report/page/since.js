// Marks where two pictures of a test differ. Small blocks are compared by their mean colour, so
// that what JPEG does to a picture is no difference.
(() => {
  const BLOCK = 4;
  const MARGIN = 2;
  // Of 255, in the mean of one colour.
  const LEAST = 28;
  const MAX_WIDTH = 1600;

  // The means of all blocks of a picture, which is drawn `width` wide on a white page.
  const meansOf = (picture, width, height) => {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0, width, heightOf(picture, width));
    const data = context.getImageData(0, 0, width, height).data;
    const columns = Math.ceil(width / BLOCK);
    const sums = new Float32Array(columns * Math.ceil(height / BLOCK) * 4);
    for (let y = 0, place = 0; y < height; y++) {
      const row = Math.floor(y / BLOCK) * columns;
      for (let x = 0; x < width; x++, place += 4) {
        const block = (row + Math.floor(x / BLOCK)) * 4;
        for (let colour = 0; colour < 3; colour++) sums[block + colour] += data[place + colour];
        sums[block + 3] += 1;
      }
    }
    return sums;
  };
  const heightOf = (picture, width) =>
    Math.max(1, Math.round(picture.naturalHeight * width / picture.naturalWidth));

  const draw = (before, now, canvas) => {
    const width = Math.min(before.naturalWidth, now.naturalWidth, MAX_WIDTH);
    const heights = [heightOf(before, width), heightOf(now, width)];
    const height = Math.max(...heights);
    const [first, second] = [meansOf(before, width, height), meansOf(now, width, height)];
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.globalAlpha = 0.4;
    context.drawImage(now, 0, 0, width, heights[1]);
    context.globalAlpha = 0.6;
    context.fillStyle = "#d6005c";
    const columns = Math.ceil(width / BLOCK);
    const blocks = first.length / 4;
    let different = 0;
    context.beginPath();
    for (let block = 0; block < blocks; block++) {
      const at = block * 4;
      const differs = [0, 1, 2].some(
        (colour) => Math.abs(first[at + colour] - second[at + colour]) > LEAST * first[at + 3]);
      const top = Math.floor(block / columns) * BLOCK;
      // One of the pictures ends above.
      const isBelow = top >= Math.min(...heights);
      if (!differs && !isBelow) continue;
      different += 1;
      context.rect(block % columns * BLOCK - MARGIN, top - MARGIN,
        BLOCK + 2 * MARGIN, BLOCK + 2 * MARGIN);
    }
    context.fill();
    return different / blocks;
  };

  const show = async (group) => {
    const [before, now] = group.querySelectorAll("img");
    const canvas = group.querySelector("canvas");
    const figure = canvas.closest("figure");
    try {
      await Promise.all([before.decode(), now.decode()]);
    } catch {
      return;
    }
    const part = draw(before, now, canvas) * 100;
    figure.querySelector("[role=status]").textContent =
      part ? "· " + (part < 0.1 ? "less than 0.1" : part.toFixed(1)) + " %" : "· nothing";
    figure.hidden = false;
    // page.js enlarges the picture in a link.
    canvas.closest("a").addEventListener("click", () => {
      const link = canvas.closest("a");
      if (link.querySelector("img")) return;
      const picture = document.createElement("img");
      picture.hidden = true;
      picture.alt = canvas.getAttribute("aria-label");
      picture.src = canvas.toDataURL();
      link.append(picture);
    });
  };
  for (const group of document.querySelectorAll(".differences")) show(group);
})();

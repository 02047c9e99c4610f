"""Reads a PDF: its first page as a grey picture (PGM), its words and sizes as JSON.

    read-pdf.py FILE.pdf PICTURE.pgm DOTS-AN-INCH
"""

import json
import sys

import pypdfium2 as pdfium

SCALE = int(sys.argv[3]) / 72

pdf = pdfium.PdfDocument(sys.argv[1])
page = pdf[0]
bitmap = page.render(scale=SCALE, grayscale=True)
wide, high, stride = bitmap.width, bitmap.height, bitmap.stride
rows = bytes(bitmap.buffer)
with open(sys.argv[2], "wb") as picture:
    picture.write(b"P5 %d %d 255\n" % (wide, high))
    for row in range(high):
        picture.write(rows[row * stride : row * stride + wide])
text = page.get_textpage()
boxes = [text.get_charbox(n) for n in range(text.count_chars())]
print(
    json.dumps(
        {
            "pages": len(pdf),
            "size": page.get_size(),
            "title": pdf.get_metadata_dict().get("Title"),
            "metadata": {key: value for key, value in pdf.get_metadata_dict().items() if value},
            "text": text.get_text_bounded(),
            "left": min(box[0] for box in boxes),
            "bottom": min(box[1] for box in boxes),
            "right": max(box[2] for box in boxes),
            "top": max(box[3] for box in boxes),
        }
    )
)

"""What a file tells of its writer is gone from the copy, what it shows is still there, and nothing hostile gets a copy."""

import io
import subprocess
import sys
import zipfile

import docx
import openpyxl
import pypdf
import pypdf.annotations
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from mingcha.kernel import stripping

SECRET = "线索人李某某Leaker77"
SHOWN = "低保名额被村干部亲属占用"
RSID = "00AB12CD"


def exif():
    tags = Image.Exif()
    tags[0x010F], tags[0x8298] = "Leaker77 phone", "Leaker77"
    tags.get_ifd(0x8825)[2] = (34.0, 26.0, 1.0)
    return tags.tobytes()


def jpeg(size=(64, 48), **more):
    out = io.BytesIO()
    picture = Image.effect_noise(size, 60).convert("RGB")
    picture.save(out, "JPEG", exif=exif(), comment=b"Leaker77", progressive=True, **more)
    return out.getvalue() + b"Leaker77 after the end"


def png():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Leaker77")
    notes.add_itxt("Note", SECRET)
    out = io.BytesIO()
    Image.effect_noise((64, 48), 60).convert("RGB").save(out, "PNG", pnginfo=notes, exif=exif())
    return out.getvalue() + b"Leaker77 after the end"


def word():
    made = docx.Document()
    made.add_paragraph(SHOWN).runs[0]._r.set(f"{W}rsidR", RSID)
    made.add_picture(io.BytesIO(jpeg()))
    made.add_picture(io.BytesIO(png()))
    made.core_properties.author = made.core_properties.last_modified_by = made.core_properties.title = SECRET
    made.add_comment(made.paragraphs[0].runs, text="批注照留", author=SECRET, initials="Leaker77")
    change = made.paragraphs[0]._p.makeelement(f"{W}ins", {f"{W}author": SECRET, f"{W}date": "2031-07-08T09:10:11Z"})
    made.paragraphs[0]._p.append(change)
    made.part.package.part_related_by(docx.opc.constants.RELATIONSHIP_TYPE.CORE_PROPERTIES)
    return packed(made.save, {"customXml/item9.xml": f"<x>{SECRET}</x>", "word/people.xml": f"<x>{SECRET}</x>"})


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def sheet():
    made = openpyxl.Workbook()
    made.active["A1"] = SHOWN
    made.active["A1"].comment = openpyxl.comments.Comment("批注照留", SECRET)
    made.properties.creator = made.properties.lastModifiedBy = SECRET
    more = {"xl/persons/person.xml": f'<p><person displayName="{SECRET}" userId="Leaker77" id="1"/></p>'}
    return packed(made.save, more)


def slides():
    main = f'<p:presentation xmlns:p="urn:p"><p:t>{SHOWN}</p:t></p:presentation>'
    parts = {
        "[Content_Types].xml": "<Types><Override PartName='/docProps/app.xml'/><Default Extension='xml'/></Types>",
        "ppt/presentation.xml": main,
        "ppt/commentAuthors.xml": f'<p:l xmlns:p="urn:p"><p:cmAuthor name="{SECRET}" initials="Leaker77" id="0"/></p:l>',
        "ppt/_rels/presentation.xml.rels": f"<R><r Target='file:///C:/Users/{SECRET}/a.potx' TargetMode='External'/></R>",
        "docProps/app.xml": f"<Company>{SECRET}</Company>",
    }
    return packed(lambda out: zipfile.ZipFile(out, "w").close(), parts)


def packed(save, more):
    """What `save` writes, with more parts in it."""
    out = io.BytesIO()
    save(out)
    with zipfile.ZipFile(out, "a") as paper:
        for name, part in more.items():
            paper.writestr(name, part)
    return out.getvalue()


def pdf(change=lambda writer: None):
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(out, "PDF", author=SECRET, title=SECRET, producer="Leaker77")
    writer = pypdf.PdfWriter(clone_from=out)
    writer.xmp_metadata = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()
    writer.add_attachment("Leaker77.txt", SECRET.encode())
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert('Leaker77')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject(key): script[key] for key in script})
    writer.add_outline_item(SECRET, 0)
    writer.add_blank_page(100, 100)
    page = writer.pages[0]
    note = pypdf.annotations.FreeText(text=SHOWN, rect=(0, 0, 9, 9))
    note[NameObject("/T")] = TextStringObject(SECRET)
    note[NameObject("/A")] = DictionaryObject({NameObject("/URI"): TextStringObject(f"file:///{SECRET}")})
    writer.add_annotation(0, note)
    private = DecodedStreamObject()
    private.set_data(SECRET.encode())
    page[NameObject("/PieceInfo")] = writer._add_object(private)
    image = page["/Resources"]["/XObject"]["/image"].get_object()
    image[NameObject("/Metadata")] = writer._add_object(private)
    image._data = jpeg((40, 40))
    image[NameObject("/Filter")] = ArrayObject([NameObject("/DCTDecode")])
    change(writer)
    writer.write(out := io.BytesIO())
    return out.getvalue()


def everything(data):
    """All bytes of a file, unpacked as far as it goes: of papers each part, of PDFs each object and stream."""
    found = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as paper:
            found += [part for name in paper.namelist() for part in (name.encode(), paper.read(name))]
            found += [repr(member.date_time).encode() for member in paper.infolist()]
    if data.startswith(b"%PDF"):
        reader = pypdf.PdfReader(io.BytesIO(data))
        for number in reader.xref[0]:
            part = pypdf.generic.IndirectObject(number, 0, reader).get_object()
            found.append(repr(part).encode())
            if isinstance(part, pypdf.generic.StreamObject):
                found.append(part._data if "/DCT" in repr(part.get("/Filter")) else part.get_data())
    return b"\n".join(found)


def telling(data):
    text = everything(data)
    told = [needle for needle in (SECRET, "Leaker77", RSID, "2031-07-08") for form in ("utf-8", "utf-16-be", "utf-16-le")
            if needle.encode(form) in text]  # fmt: skip
    return sorted(set(told))


FILES = {
    "image/jpeg": jpeg,
    "image/png": png,
    stripping.PDF_KIND: pdf,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": word,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": sheet,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": slides,
}


@pytest.mark.parametrize(("kind", "make"), FILES.items(), ids=[make.__name__ for make in FILES.values()])
def test_nothing_tells_of_the_writer_any_more(kind, make):
    original = make()
    assert "Leaker77" in telling(original)  # or the search would find nothing anywhere
    copy = stripping.stripped(original, name="证据.exe")
    assert copy is not None
    assert copy.kind == kind
    assert telling(copy.data) == []
    assert stripping.stripped(copy.data, name="x") is not None


def test_what_a_paper_shows_is_still_there():
    made = docx.Document(io.BytesIO(stripping.stripped(word(), name="x").data))
    assert made.paragraphs[0].text == SHOWN
    assert len(made.inline_shapes) == 2
    assert [comment.text for comment in made.comments] == ["批注照留"]
    book = openpyxl.load_workbook(io.BytesIO(stripping.stripped(sheet(), name="x").data))
    assert book.active["A1"].value == SHOWN
    assert book.active["A1"].comment.text == "批注照留"
    read = pypdf.PdfReader(io.BytesIO(stripping.stripped(pdf(), name="x").data))
    assert len(read.pages) == 2
    assert read.pages[0]["/Annots"][0]["/Contents"] == SHOWN
    assert read.pages[0].images[0].image.size == (40, 40)
    assert read.metadata is None or SECRET not in str(read.metadata)


def test_a_picture_stands_upright_no_larger_than_needed_and_looks_the_same():
    tags = Image.Exif()
    tags[0x0112] = 6
    out = io.BytesIO()
    Image.linear_gradient("L").resize((4000, 1000)).convert("RGB").save(out, "JPEG", exif=tags.tobytes())
    clean = Image.open(io.BytesIO(stripping.stripped(out.getvalue(), name="x").data))
    assert clean.size == (800, 3200)
    assert not clean.getexif()


@pytest.mark.parametrize("make", [jpeg, png])
def test_a_picture_inside_a_paper_keeps_every_dot(make):
    from mingcha.kernel.stripping import images

    original = make()
    bare = images.bare(original)
    assert b"Leaker77" not in bare
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(original)).tobytes()


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("举报内容\r\n第二行\t。".encode(), "a.pdf", "text/plain"),
        ("举报内容".encode("gb18030"), "a.txt", "text/plain"),
        ("举报内容".encode("utf-16"), "a", "text/plain"),
        (b"a,b\n1,2\n", "A.CSV", "text/csv"),
    ],
)
def test_plain_text_stays_as_it_is(text, name, kind):
    copy = stripping.stripped(text, name=name)
    assert (copy.data, copy.kind) == (text, kind)


def film():
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as paper:
        paper.writestr("[Content_Types].xml", "<Types/>")
        paper.writestr("word/document.xml", b"<a>" + bytes(120_000_000))
    return out.getvalue()


def encrypted():
    return pdf(lambda writer: writer.encrypt("x"))


def with_part(name, part):
    return packed(lambda out: out.write(word()), {name: part})


ENTITY = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
HOSTILE = {
    "empty": lambda: b"",
    "sound": lambda: b"ID3\x04\x00" + bytes(300),
    "film": lambda: b"\x00\x00\x00\x18ftypmp42" + bytes(300),
    "gif with two pictures": lambda: film(),
    "old word": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "zip": lambda: packed(lambda out: zipfile.ZipFile(out, "w").close(), {"a.txt": SECRET}),
    "zip bomb": lambda: bomb(),
    "macros": lambda: with_part("word/vbaProject.bin", b"\x01"),
    "entities": lambda: with_part("word/more.xml", ENTITY),
    "part twice": lambda: with_part("word/document.xml", "<a/>"),
    "encrypted pdf": lambda: encrypted(),
    "half a pdf": lambda: pdf()[:400],
    "half a jpeg": lambda: jpeg((400, 400))[:3000],
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><metadata>x</metadata></svg>",
    "rtf": lambda: b"{\\rtf1{\\info{\\author x}}}",
    "huge picture": lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00" + bytes(40),
    "too large": lambda: b"a" * (stripping.MOST + 1),
}  # fmt: skip


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_cannot_be_made_clean_gives_no_copy(make):
    assert stripping.stripped(make(), name="证据.txt") is None


def test_the_same_papers_without_what_is_wrong_get_a_copy():
    assert stripping.stripped(with_part("word/more.xml", "<a/>"), name="x") is not None
    assert stripping.stripped(pdf(), name="x") is not None
    assert stripping.stripped(jpeg((400, 400)), name="x") is not None


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_torn_file_gives_a_clean_copy_or_none(kind, data):
    whole = SAMPLES.setdefault(kind, FILES[kind]())
    at = data.draw(st.integers(0, len(whole) - 1))
    torn = whole[:at] + data.draw(st.binary(max_size=12)) + whole[at + data.draw(st.integers(0, 12)) :]
    copy = stripping.stripped(torn, name="x")
    assert copy is None or copy.kind


SAMPLES: dict[str, bytes] = {}


def test_no_reader_is_loaded_before_the_first_file():
    code = (
        "import sys; from mingcha.kernel import stripping; stripping.stripped(b'text', name='a');"
        "assert not {'PIL', 'pypdf', 'lxml'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""Real PDF files, as an office and a firm would bring them."""

from __future__ import annotations

import html
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from weasyprint import HTML

logging.getLogger("fontTools").setLevel(logging.ERROR)
logging.getLogger("weasyprint").setLevel(logging.ERROR)

STYLE = """
@page {
  size: A4; margin: 22mm 20mm;
  @bottom-right { content: counter(page) " / " counter(pages); }
}
body { font: 10.5pt/1.5 "Liberation Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 16pt; } h2 { font-size: 12pt; margin-top: 8mm; }
p.mark { border: 0.6pt solid #888; padding: 2mm 3mm; font-size: 9pt; }
table { border-collapse: collapse; width: 100%; }
td { border: 0.4pt solid #999; padding: 1.5mm 2mm; }
"""


@dataclass(frozen=True)
class Paper:
    """A document with a heading, some rows and as many clauses as make its pages."""

    name: str
    title: str
    rows: Sequence[tuple[str, str]]
    clauses: int = 6

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.name
        path.write_bytes(HTML(string=self._html()).write_pdf())
        return path

    def _html(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(what)}</td><td>{html.escape(said)}</td></tr>"
            for what, said in self.rows
        )
        clauses = "".join(
            f"<h2>Pasal {number}</h2><p>{'Uraian contoh untuk keperluan latihan. ' * 12}</p>"
            for number in range(1, self.clauses + 1)
        )
        return (
            f"<html lang=id><title>{html.escape(self.title)}</title><style>{STYLE}</style>"
            f"<h1>{html.escape(self.title)}</h1><p class=mark>Dokumen contoh.</p>"
            f"<table>{rows}</table>{clauses}</html>"
        )


def of_the_tender(folder: Path) -> dict[str, Path]:
    """What the committee announces, by the kind of document."""
    rows = [("Paket", "Rehabilitasi Balai Pertemuan Desa Contoh"), ("Tahun anggaran", "contoh")]
    papers = {
        "selection": Paper("dokumen-pemilihan.pdf", "Dokumen Pemilihan", rows, clauses=24),
        "terms": Paper("kak.pdf", "Kerangka Acuan Kerja", rows, clauses=8),
    }
    return {kind: paper.write(folder) for kind, paper in papers.items()}


def of_a_firm(folder: Path, firm: str) -> dict[str, Path]:
    """What a bidder puts into its envelope, by its place in the form."""
    rows = [("Peserta", firm), ("Berlaku", "60 hari kalender")]
    papers = {
        "letter": Paper(f"surat-penawaran-{firm}.pdf", "Surat Penawaran", rows, clauses=1),
        "technical": Paper(f"metode-kerja-{firm}.pdf", "Usulan Teknis", rows, clauses=16),
        "qualification": Paper(f"kualifikasi-{firm}.pdf", "Data Kualifikasi", rows, clauses=10),
    }
    return {place: paper.write(folder) for place, paper in papers.items()}


def of_an_applicant(folder: Path, firm: str, name: str) -> dict[str, Path]:
    """The copies that P22(1)a.2 asks for, by the kind of document."""
    titles = {
        "ktp": "Kartu Tanda Penduduk",
        "deed": "Akta Pendirian",
        "npwp": "Nomor Pokok Wajib Pajak",
        "licence": "Surat Izin Usaha",
    }
    rows = [("Badan usaha", firm), ("Penanggung jawab", name)]
    return {
        code: Paper(f"{code}-contoh.pdf", title, rows, clauses=1).write(folder)
        for code, title in titles.items()
    }

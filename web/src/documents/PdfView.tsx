import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from "pdfjs-dist";
import workerAddress from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState } from "react";
import { instancePath } from "../api/client";
import type { Shown } from "../viewer/Viewport";
import { type DataSet, fetchBytes, text } from "./dicomJson";

GlobalWorkerOptions.workerSrc = workerAddress;

const MOST_PAGES = 200;

/**
 * An encapsulated PDF, drawn page by page on canvases.
 *
 * The file comes from a device and is not trusted: no script of it runs, no link of it is live,
 * and the browser's own viewer with its rights never sees it.
 */
export function PdfView({ shown, set }: { shown: Shown; set: DataSet }) {
  const [file, setFile] = useState<PDFDocumentProxy>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const leaving = new AbortController();
    let opened: PDFDocumentProxy | undefined;
    fetchBytes(shown.address, "00420011", set["00420011"], leaving.signal)
      .then((bytes) => getDocument({ data: bytes, isEvalSupported: false, enableXfa: false, useSystemFonts: true }).promise)
      .then((read) => {
        opened = read;
        if (leaving.signal.aborted) void read.loadingTask.destroy();
        else setFile(read);
      })
      .catch((error: unknown) => {
        if (!leaving.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => {
      leaving.abort();
      void opened?.loadingTask.destroy();
    };
  }, [shown, set]);
  const title = text(set, "00420010") || "PDF document";
  const download = (
    <a href={instancePath(shown.address)} download>
      Download the DICOM file
    </a>
  );
  if (problem) {
    return (
      <div className="notice" role="alert">
        <h2>{title}</h2>
        <p>The PDF could not be drawn: {problem}</p>
        <p>{download}</p>
      </div>
    );
  }
  if (!file) return <p className="empty">Reading the document…</p>;
  const pages = Math.min(file.numPages, MOST_PAGES);
  return (
    <div className="pdf" tabIndex={0} role="document" aria-label={title}>
      {Array.from({ length: pages }, (_, at) => (
        <Page key={at} file={file} number={at + 1} />
      ))}
      <p className="soft">
        {file.numPages} {file.numPages === 1 ? "page" : "pages"} · {download}
      </p>
    </div>
  );
}

/** Draws a page when it comes into sight. */
function Page({ file, number }: { file: PDFDocumentProxy; number: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    let isDrawn = false;
    const draw = async () => {
      const page = await file.getPage(number);
      const width = Math.max(300, element.parentElement?.clientWidth ?? 800) - 32;
      const plain = page.getViewport({ scale: 1 });
      const scale = Math.min(width, 1100) / plain.width;
      const viewport = page.getViewport({ scale: scale * devicePixelRatio });
      element.width = viewport.width;
      element.height = viewport.height;
      element.style.width = `${plain.width * scale}px`;
      await page.render({ canvas: element, viewport }).promise;
    };
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting || isDrawn) return;
      isDrawn = true;
      void draw().catch(() => undefined);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [file, number]);
  return <canvas ref={canvas} className="page" aria-label={`Page ${number}`} role="img" />;
}

import { type ReactNode, useState } from "react";

/** Something that is shown once, to be copied. */
export function OneUse({ title, secret, close, children }: { title: string; secret: string; close: () => void; children: ReactNode }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <section className="card" role="status">
      <h2>{title}</h2>
      <p>{children}</p>
      <p className="row">
        <code className="secret">{secret}</code>
        <button type="button" className="main-act" onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}>
          {isCopied ? "Copied" : "Copy"}
        </button>
        <button type="button" className="quiet" onClick={close}>
          Done
        </button>
      </p>
    </section>
  );
}

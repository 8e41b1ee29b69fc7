import { useEffect, useState } from "react";
import { api, type SystemStatus } from "../api/client";

/** An archive without studies teaches how to fill it. */
export function EmptyArchive() {
  const [status, setStatus] = useState<SystemStatus>();
  useEffect(() => {
    void api.GET("/api/status").then(({ data }) => setStatus(data));
  }, []);
  return (
    <div className="notice">
      <h2>No studies yet</h2>
      <p>They appear here by themselves as soon as a scanner sends them.</p>
      {status && (
        <dl>
          <dt>On the scanner, add a DICOM storage destination</dt>
          <dd>
            AE title <code>{status.aeTitle}</code>, port <code>{status.dimsePort}</code>
          </dd>
          <dt>From a folder or a CD on this machine</dt>
          <dd>
            <code>sonarium import FOLDER</code>
          </dd>
          <dt>Over DICOMweb</dt>
          <dd>
            <code>POST {location.origin}/dicom-web/studies</code>
          </dd>
        </dl>
      )}
    </div>
  );
}

import { useEffect, useState } from "react";
import { type InstanceDetail, instancePath, type StudyDetail } from "../api/client";

interface Props {
  detail: StudyDetail;
  chosen: string | undefined;
  choose: (instance: string) => void;
}

export function Filmstrip({ detail, chosen, choose }: Props) {
  useEffect(() => {
    if (chosen) document.getElementById(`shot-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <nav className="filmstrip" aria-label="Objects of this study">
      {detail.series.map((series) => (
        <section key={series.seriesInstanceUID}>
          <h2>
            {[series.modality, series.seriesDescription || `Series ${series.seriesNumber ?? ""}`]
              .filter(Boolean)
              .join(" · ")}
          </h2>
          <ul>
            {series.instances.map((instance) => (
              <li key={instance.sopInstanceUID}>
                <button
                  type="button"
                  id={`shot-${instance.sopInstanceUID}`}
                  className={instance.sopInstanceUID === chosen ? "shot chosen" : "shot"}
                  aria-pressed={instance.sopInstanceUID === chosen}
                  onClick={() => choose(instance.sopInstanceUID)}
                >
                  <Shot
                    instance={instance}
                    src={`${instancePath({
                      study: detail.study.studyInstanceUID,
                      series: series.seriesInstanceUID,
                      instance: instance.sopInstanceUID,
                    })}/thumbnail`}
                  />
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

function Shot({ instance, src }: { instance: InstanceDetail; src: string }) {
  const [pictured, setPictured] = useState(instance.presentation !== "none");
  const label = [instance.stageName, instance.viewName].filter(Boolean).join(" · ");
  return (
    <>
      <span className="thumb">
        {pictured ? (
          <img src={src} alt="" loading="lazy" onError={() => setPictured(false)} />
        ) : (
          <span className="kind">{instance.sopClassName}</span>
        )}
        {instance.numberOfFrames > 1 && <span className="badge">{instance.numberOfFrames} frames</span>}
      </span>
      <span className="caption">
        {instance.instanceNumber ?? "–"} {label}
      </span>
    </>
  );
}

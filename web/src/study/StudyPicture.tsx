import { useEffect, useState } from "react";
import { api, type InstanceAddress, type InstanceDetail, studyThumbnail, type StudySummary } from "../api/client";
import { usePictured } from "../ui/usePictured";
import { kindsOf } from "./kinds";
import { HoverClip, useResting } from "../ui/HoverClip";

/** The study's picture; it plays while the pointer rests on it. */
export function StudyPicture({ study }: { study: StudySummary }) {
  const [isPictured, notPictured] = usePictured(true);
  const [isResting, resting] = useResting();
  return (
    <span className="thumb" {...resting}>
      {isPictured ? (
        <img
          src={studyThumbnail(study.studyInstanceUID)}
          alt=""
          loading="lazy"
          onError={notPictured}
        />
      ) : (
        <span className="kind">{kindsOf(study)}</span>
      )}
      {isResting && isPictured && <FirstLoop study={study.studyInstanceUID} />}
    </span>
  );
}

function FirstLoop({ study }: { study: string }) {
  const [loop, setLoop] = useState<{ address: InstanceAddress; instance: InstanceDetail }>();
  useEffect(() => {
    const leaving = new AbortController();
    void api
      .GET("/api/studies/{study_instance_uid}", {
        params: { path: { study_instance_uid: study } },
        signal: leaving.signal,
      })
      .then(({ data: detail }) => {
        for (const series of detail?.series ?? []) {
          const instance = series.instances.find((one) => one.numberOfFrames > 1 && one.presentation !== "none");
          if (!instance) continue;
          const address = { study, series: series.seriesInstanceUID, instance: instance.sopInstanceUID };
          setLoop({ address, instance });
          return;
        }
      })
      .catch(() => undefined);
    return () => leaving.abort();
  }, [study]);
  return loop ? <HoverClip address={loop.address} instance={loop.instance} /> : null;
}

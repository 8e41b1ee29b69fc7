import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { Refusal } from "../api/client";
import { sentence } from "../ui/words";
import { endEmergency, useEmergencies } from "./emergencies";
import { clock, type Grant, targetOf, timeLeft } from "./words";

const TICK_MS = 10_000;

/** While the glass is broken: on every page, until it ends. */
export function EmergencyBanner() {
  const grants = useEmergencies();
  const [now, setNow] = useState(Date.now);
  const [problem, setProblem] = useState("");
  const [place, go] = useLocation();
  useEffect(() => {
    if (grants.length === 0) return;
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, [grants]);
  const holding = grants.filter((one) => Date.parse(one.expiresAt) > now);
  if (holding.length === 0) return null;
  const end = async (grant: Grant) => {
    try {
      await endEmergency(grant);
      setProblem("");
      // What was seen by it alone is not there any more.
      if (place.startsWith("/studies/")) go("/");
    } catch (error) {
      setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached: it has not ended.");
    }
  };
  return (
    <div className="emergency" role="region" aria-label="Emergency access">
      {holding.map((grant) => (
        <p key={grant.grantRef}>
          <strong>Emergency access to {targetOf(grant)}</strong>
          <span>
            {timeLeft(grant.expiresAt, now)} left, until {clock(grant.expiresAt)}. It is noted, and will be reviewed.
          </span>
          <button type="button" onClick={() => void end(grant)}>
            End it
          </button>
        </p>
      ))}
      {problem && <p role="alert">{problem}</p>}
    </div>
  );
}

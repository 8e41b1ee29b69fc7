"""What a patient, study, series, instance and query are: plain values and rules."""

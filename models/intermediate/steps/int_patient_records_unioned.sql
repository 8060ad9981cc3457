{# Every record that hangs on a patient, with the reasons of its own for not being loaded. #}
{{ union_of_patient_records() }}

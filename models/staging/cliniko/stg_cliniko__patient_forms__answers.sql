{# One row per question of a form, with what was answered. #}
{{ cliniko_answers('patient_forms', 'patient_form_id', '$.content.sections') }}

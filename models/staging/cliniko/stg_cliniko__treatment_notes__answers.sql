{# One row per question of a note, with what was answered. #}
{{ cliniko_answers('treatment_notes', 'treatment_note_id', '$.content.sections') }}

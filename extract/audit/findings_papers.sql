-- Notes and documents: their bytes are looked at, and only counts leave.
with

described as (

    select
        system,
        id,
        type,
        category_code = 'clinical-note' as is_note,
        list_contains(json_extract_string(tags, '$[*].code'), 'psychotherapy') as is_special,
        json_extract_string(attachment, '$.contentType') as content_type,
        json_extract_string(attachment, '$.hash') as stated_hash,
        json_extract_string(attachment, '$.url') as url,
        json_extract_string(attachment, '$.data') as data
    from document_reference

),

loaded as (

    select
        described.*,
        described.url is not null and described.url like 'Binary/%' and binaries.id is null
            as lacks_binary,
        from_base64(coalesce(described.data, binaries.data)) as content
    from described
    left join "binary" as binaries
        on described.system = binaries.system
        and described.url = 'Binary/' || binaries.id

),

read as (

    select
        *,
        case when is_note then try(decode(content)) end as body
    from loaded

),

judged as (

    select
        system,
        'document_reference' as table_name,
        id,
        unnest([
            case when lacks_binary then 'orphan_binary' end,
            case when data is null and url is null then 'document_without_content' end,
            case when octet_length(content) = 0 then 'zero_byte_document' end,
            case
                when stated_hash != to_base64(unhex(sha1(content))) then 'document_hash_differs'
            end,
            case
                when hex(content[1:4]) = '25504446' and content_type != 'application/pdf'
                    then 'document_type_misstated'
            end,
            case when is_special then 'psychotherapy_note' end,
            case when is_note and type is null then 'note_without_type' end,
            case when length(body) >= 200000 then 'note_of_200000_characters' end,
            case when regexp_matches(body, '^[=@]|^[+-][A-Za-z(]')
                then 'note_that_looks_like_a_formula' end,
            case
                when regexp_matches(body, '[\x00-\x08\x0B\x0C\x0E-\x1F]')
                    then 'note_with_control_characters'
            end,
            case
                when regexp_matches(body, '[\p{Arabic}\p{Hebrew}\x{1F300}-\x{1FAFF}]')
                    then 'note_with_emoji_and_right_to_left'
            end,
            case when contains(body, e'\r\n') then 'note_with_crlf' end,
            case
                when contains(replace(body, e'\r\n', ''), e'\n') then 'note_with_lf'
            end,
            case when contains(body, '", "') then 'note_with_quote_and_comma' end,
            case when contains(body, e'\t') then 'note_with_tab' end,
            case when body = '#N/A' then 'text_equal_to_na' end
        ]) as finding
    from read

)

select * from judged where finding is not null

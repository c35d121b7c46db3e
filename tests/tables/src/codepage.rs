//! Encodes demonstration texts: just enough of three code pages, everything else becomes `?`.

/// DOS Cyrillic, code page 866.
pub fn cp866(text: &str) -> Vec<u8> {
    encode(text, |letter| match letter {
        'А'..='п' => Some(0x80 + (letter as u32 - 'А' as u32)),
        'р'..='я' => Some(0xE0 + (letter as u32 - 'р' as u32)),
        'Ё' => Some(0xF0),
        'ё' => Some(0xF1),
        '№' => Some(0xFC),
        '─' => Some(0xC4),
        _ => None,
    })
}

/// Windows Cyrillic, code page 1251.
pub fn windows_1251(text: &str) -> Vec<u8> {
    encode(text, |letter| match letter {
        'А'..='я' => Some(0xC0 + (letter as u32 - 'А' as u32)),
        'Ё' => Some(0xA8),
        'ё' => Some(0xB8),
        '№' => Some(0xB9),
        '«' => Some(0xAB),
        '»' => Some(0xBB),
        '—' => Some(0x97),
        _ => None,
    })
}

/// Windows Hebrew, code page 1255.
pub fn windows_1255(text: &str) -> Vec<u8> {
    encode(text, |letter| match letter {
        'א'..='ת' => Some(0xE0 + (letter as u32 - 'א' as u32)),
        '₪' => Some(0xA4),
        _ => None,
    })
}

fn encode(text: &str, page: impl Fn(char) -> Option<u32>) -> Vec<u8> {
    let byte = |letter: char| match letter {
        '\0'..='\x7F' => letter as u8,
        _ => page(letter).map_or(b'?', |byte| byte as u8),
    };
    text.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::{cp866, windows_1251, windows_1255};

    #[test]
    fn known_words_have_their_bytes() {
        assert_eq!(cp866("Пря ё №"), b"\x8F\xE0\xEF \xF1 \xFC");
        assert_eq!(windows_1251("Ая«"), b"\xC0\xFF\xAB");
        assert_eq!(windows_1255("את₪"), b"\xE0\xFA\xA4");
    }
}

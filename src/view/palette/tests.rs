//! The palette holds what it promises: contrast, distance under every color vision, the same values in the CSS.

use super::*;

type Rgb = [f64; 3];

/// WCAG 2.2, 1.4.11: graphical objects against what lies next to them.
const LEAST_CONTRAST: f64 = 3.0;

/// CIEDE2000; below 10 two colors are risky to tell apart.
const LEAST_DISTANCE: f64 = 13.0;

/// Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
const VISIONS: [(&str, [[f64; 3]; 3]); 4] = [
    ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    (
        "deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
    ("tritanopia", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
];

fn linear(color: Color) -> Rgb {
    [16, 8, 0].map(|shift| {
        let value = f64::from((color.0 >> shift) & 0xff) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

fn luminance([r, g, b]: Rgb) -> f64 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(linear(a)), luminance(linear(b)));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn times(matrix: &[[f64; 3]; 3], [x, y, z]: Rgb) -> Rgb {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

fn lab(rgb: Rgb) -> Rgb {
    const XYZ: [[f64; 3]; 3] =
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]];
    let [x, y, z] = times(&XYZ, rgb.map(|value| value.clamp(0.0, 1.0)));
    let f = |t: f64| if 216.0 / 24389.0 < t { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    let (x, y, z) = (f(x / 0.95047), f(y), f(z / 1.08883));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// Sharma, Wu & Dalal 2005.
fn ciede2000([l1, a1, b1]: Rgb, [l2, a2, b2]: Rgb) -> f64 {
    let mean_chroma7 = (f64::midpoint(a1.hypot(b1), a2.hypot(b2))).powi(7);
    let g = 0.5 * (1.0 - (mean_chroma7 / (mean_chroma7 + 25_f64.powi(7))).sqrt());
    let (a1, a2) = ((1.0 + g) * a1, (1.0 + g) * a2);
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let hue = |a: f64, b: f64| b.atan2(a).to_degrees().rem_euclid(360.0);
    let (h1, h2) = (hue(a1, b1), hue(a2, b2));
    let gray = c1 * c2 == 0.0;
    let dh = match h2 - h1 {
        _ if gray => 0.0,
        d if 180.0 < d => d - 360.0,
        d if d < -180.0 => d + 360.0,
        d => d,
    };
    let (dl, dc) = (l2 - l1, c2 - c1);
    let dh_big = 2.0 * (c1 * c2).sqrt() * (dh.to_radians() / 2.0).sin();
    let (l, c) = (f64::midpoint(l1, l2), f64::midpoint(c1, c2));
    let h = match (h1 - h2).abs() {
        _ if gray => h1 + h2,
        apart if apart <= 180.0 => f64::midpoint(h1, h2),
        _ if h1 + h2 < 360.0 => f64::midpoint(h1, h2) + 180.0,
        _ => f64::midpoint(h1, h2) - 180.0,
    };
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0) - 0.20 * cos(4.0 * h - 63.0);
    let rotation = -(2.0 * (c.powi(7) / (c.powi(7) + 25_f64.powi(7))).sqrt())
        * (60.0 * (-((h - 275.0) / 25.0).powi(2)).exp()).to_radians().sin();
    let sl = 1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt();
    let (sc, sh) = (1.0 + 0.045 * c, 1.0 + 0.015 * c * t);
    let (dl, dc, dh) = (dl / sl, dc / sc, dh_big / sh);
    (dl * dl + dc * dc + dh * dh + rotation * dc * dh).sqrt()
}

fn phases(palette: &Palette) -> Vec<Color> {
    Phase::ALL.into_iter().filter_map(|phase| palette.phase(phase)).collect()
}

#[test]
fn the_distance_is_that_of_the_paper() {
    // Pairs 1, 7 and 25 of the supplementary test data of Sharma, Wu & Dalal.
    let check = |a, b, expected: f64| assert!((ciede2000(a, b) - expected).abs() < 1e-4, "{a:?} {b:?}");
    check([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425);
    check([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669);
    check([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644);
}

#[test]
fn colors_stand_out_from_the_ground() {
    for palette in [&LIGHT, &DARK] {
        for color in
            phases(palette).into_iter().chain(palette.owners).chain(palette.activities).chain([palette.neutral])
        {
            let contrast = contrast(color, palette.ground);
            assert!(LEAST_CONTRAST <= contrast, "{} on {}: {contrast:.2}", color.css(), palette.ground.css());
        }
    }
}

#[test]
fn names_can_be_read_on_their_colors() {
    /// WCAG 2.2, 1.4.3: text.
    const LEAST: f64 = 4.5;
    for color in LIGHT.activities.into_iter().chain(DARK.activities) {
        let contrast = contrast(color, color.ink());
        assert!(LEAST <= contrast, "{} on {}: {contrast:.2}", color.ink().css(), color.css());
    }
    assert_eq!(ACTIVITIES.len() + 1, Activity::N);
}

#[test]
fn colors_stay_apart_under_every_color_vision() {
    for palette in [&LIGHT, &DARK] {
        // The last owner is "unknown": a hatch, told apart by its pattern.
        for colors in [phases(palette), palette.owners[..5].to_vec(), palette.activities.to_vec()] {
            for (at, a) in colors.iter().enumerate() {
                for b in &colors[at + 1..] {
                    for (vision, matrix) in &VISIONS {
                        let [a_seen, b_seen] = [a, b].map(|color| lab(times(matrix, linear(*color))));
                        let distance = ciede2000(a_seen, b_seen);
                        assert!(LEAST_DISTANCE <= distance, "{} and {}, {vision}: {distance:.1}", a.css(), b.css());
                    }
                }
            }
        }
    }
}

#[test]
fn the_style_sheet_has_the_same_colors() {
    let css = include_str!("../../../style/tokens.css");
    for palette in [&LIGHT, &DARK] {
        let named = [
            ("ground", palette.ground),
            ("dns", palette.dns),
            ("connect", palette.connect),
            ("tls", palette.tls),
            ("wait", palette.wait),
            ("receive", palette.receive),
            ("neutral", palette.neutral),
        ];
        let owners = OWNERS.into_iter().zip(palette.owners);
        let activities = ACTIVITIES.into_iter().zip(palette.activities);
        for (name, color) in named.into_iter().chain(owners).chain(activities) {
            let line = format!("--{name}: {};", color.css());
            assert!(css.contains(&line), "{line} is not in style/tokens.css");
        }
    }
}

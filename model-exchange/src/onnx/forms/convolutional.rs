//! Convolutions: axes in the order that ONNX has, channels first, and back.

use model_graph::argument::{Activation, Padding};
use model_graph::dim::Dim;
use model_graph::layers::{
    Conv1D, Conv1DTranspose, Conv2D, Conv2DTranspose, Conv3D, Conv3DTranspose, DepthwiseConv1D, DepthwiseConv2D, SeparableConv1D,
    SeparableConv2D,
};
use model_graph::window::Window;

use super::super::attribute::Attribute;
use super::super::call::{Call, Formed, Reason, Value, longs};
use super::Form;

impl Call<'_, '_> {
    /// A tensor with its channels, the last axis, behind the batch.
    pub fn channels_first(&mut self, x: &Value) -> String {
        self.transpose(&x.name, &first(x.axes()))
    }

    /// A tensor of so many axes with its channels, which are behind the batch, as the last axis.
    pub fn channels_last(&mut self, x: &str, axes: usize) -> String {
        self.transpose(x, &last(axes))
    }

    /// A convolution of a tensor with channels first.
    fn convolve(&mut self, x: &str, sizes: &[Dim], windows: &[Window], weights: (&str, Option<&str>), groups: usize) -> String {
        let (kernel, bias) = weights;
        let mut attributes = window_attributes(windows, sizes);
        attributes.push(("dilations", Attribute::Ints(longs(&windows.iter().map(|window| window.dilation).collect::<Vec<_>>()))));
        attributes.push(("group", Attribute::Int(groups as i64)));
        let inputs: Vec<&str> = [x, kernel].into_iter().chain(bias).collect();
        self.op_with("Conv", &inputs, &attributes)
    }

    /// A kernel as ONNX has it: what comes out, what goes in, then the window.
    fn kernel(&mut self, name: &str) -> Result<String, Reason> {
        let axes = self.get(name)?.sizes.len();
        let window = axes.saturating_sub(2);
        let order: Vec<usize> = [window.saturating_add(1), window].into_iter().chain(0..window).collect();
        self.weight_in(name, &order, None)
    }

    /// A kernel of each channel by itself: a group for each, whose outputs stand next to one another.
    fn depthwise_kernel(&mut self, name: &str) -> Result<(String, usize), Reason> {
        let sizes = self.get(name)?.sizes;
        let window = sizes.len().saturating_sub(2);
        let [.., channels, multiplier] = sizes.as_slice() else { return Err("its kernel has too few axes".into()) };
        let order: Vec<usize> = [window, window.saturating_add(1)].into_iter().chain(0..window).collect();
        let shape = [channels.saturating_mul(*multiplier), 1].into_iter().chain(sizes.iter().take(window).copied()).collect();
        Ok((self.weight_in(name, &order, Some(shape))?, *channels))
    }

    fn convolution(&mut self, windows: &[Window], groups: usize, activation: Activation) -> Formed {
        let (x, kernel, bias) = (self.input(0)?, self.kernel("kernel")?, self.maybe_weight("bias"));
        let first = self.channels_first(&x);
        let y = self.convolve(&first, &x.ty.shape.0, windows, (&kernel, bias.as_deref()), groups);
        let y = self.channels_last(&y, x.axes());
        self.ending(activation, &y)
    }

    fn depthwise(&mut self, windows: &[Window], activation: Activation) -> Formed {
        let (x, (kernel, channels)) = (self.input(0)?, self.depthwise_kernel("kernel")?);
        let bias = self.maybe_weight("bias");
        let first = self.channels_first(&x);
        let y = self.convolve(&first, &x.ty.shape.0, windows, (&kernel, bias.as_deref()), channels);
        let y = self.channels_last(&y, x.axes());
        self.ending(activation, &y)
    }

    fn separable(&mut self, windows: &[Window], activation: Activation) -> Formed {
        let (x, (depthwise, channels)) = (self.input(0)?, self.depthwise_kernel("depthwise_kernel")?);
        let (pointwise, bias) = (self.kernel("pointwise_kernel")?, self.maybe_weight("bias"));
        let first = self.channels_first(&x);
        let y = self.convolve(&first, &x.ty.shape.0, windows, (&depthwise, None), channels);
        let inputs: Vec<&str> = [y.as_str(), &pointwise].into_iter().chain(bias.as_deref()).collect();
        let y = self.op("Conv", &inputs);
        let y = self.channels_last(&y, x.axes());
        self.ending(activation, &y)
    }

    fn transposed(&mut self, windows: &[Window], paddings: &[Option<usize>], activation: Activation) -> Formed {
        let (x, bias) = (self.input(0)?, self.maybe_weight("bias"));
        let kernel = self.kernel("kernel")?;
        let (mut before, mut behind, mut more) = (Vec::new(), Vec::new(), Vec::new());
        for ((window, &padding), size) in windows.iter().zip(paddings).zip(&x.ty.shape.0) {
            let cropped = window.cropped_before(padding) as i64;
            let spread =
                window.spread(size, padding).ok().and_then(|spread| spread.sub(&size.mul(&Dim::from(window.stride))?)?.known());
            let spread =
                spread.ok_or_else(|| Reason::from("the size of its output is no multiple of its input's and a number"))?;
            // `(size - 1) * stride + extent` elements, without what is cropped at both ends.
            let rest = window.extent() as i64 - window.stride as i64 - cropped - spread;
            before.push(cropped);
            behind.push(rest.max(0));
            more.push((-rest).max(0));
        }
        let of = |get: fn(&Window) -> usize| Attribute::Ints(longs(&windows.iter().map(get).collect::<Vec<_>>()));
        let attributes = [
            ("kernel_shape", of(|window| window.size)),
            ("strides", of(|window| window.stride)),
            ("dilations", of(|window| window.dilation)),
            ("pads", Attribute::Ints(before.into_iter().chain(behind).collect())),
            ("output_padding", Attribute::Ints(more)),
        ];
        let first = self.channels_first(&x);
        let inputs: Vec<&str> = [first.as_str(), &kernel].into_iter().chain(bias.as_deref()).collect();
        let y = self.op_with("ConvTranspose", &inputs, &attributes);
        let y = self.channels_last(&y, x.axes());
        self.ending(activation, &y)
    }
}

/// The size, the step and the padding of windows, as attributes. Where the padding follows from a size that is not known, ONNX works it out in the same way.
pub fn window_attributes(windows: &[Window], sizes: &[Dim]) -> Vec<(&'static str, Attribute)> {
    let of = |get: fn(&Window) -> usize| Attribute::Ints(longs(&windows.iter().map(get).collect::<Vec<_>>()));
    let pads: Option<Vec<[usize; 2]>> = windows.iter().zip(sizes).map(|(window, size)| pads(window, size)).collect();
    let padding = match pads {
        Some(pads) => {
            let end = |end: usize| pads.iter().map(move |pads| pads.get(end).copied().unwrap_or_default());
            ("pads", Attribute::Ints(longs(&end(0).chain(end(1)).collect::<Vec<_>>())))
        }
        None => ("auto_pad", Attribute::Text("SAME_UPPER")),
    };
    vec![("kernel_shape", of(|window| window.size)), ("strides", of(|window| window.stride)), padding]
}

/// How much is put before and behind an axis, where that is known.
fn pads(window: &Window, size: &Dim) -> Option<[usize; 2]> {
    let reach = window.extent().saturating_sub(1);
    match (window.padding, size.size()) {
        (Padding::Valid, _) => Some([0, 0]),
        (Padding::Causal, _) => Some([reach, 0]),
        (Padding::Same, None) if window.stride == 1 => Some([reach / 2, reach - reach / 2]),
        (Padding::Same, None) => None,
        (Padding::Same, Some(size)) => {
            let positions = size.div_ceil(window.stride);
            let all =
                positions.saturating_sub(1).saturating_mul(window.stride).saturating_add(window.extent()).saturating_sub(size);
            let before = window.padding_before(size, positions);
            Some([before, all.saturating_sub(before)])
        }
    }
}

/// The order that brings the last of so many axes behind the batch.
fn first(axes: usize) -> Vec<usize> {
    [0, axes.saturating_sub(1)].into_iter().chain(1..axes.saturating_sub(1)).collect()
}

/// The order that undoes it.
fn last(axes: usize) -> Vec<usize> {
    std::iter::once(0).chain(2..axes).chain([1]).collect()
}

macro_rules! convolutions {
    ($($layer:ident),*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = "`Conv`; the activation";

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                call.convolution(&self.windows(), self.groups.get(), self.activation)
            }
        })*
    };
}

macro_rules! others {
    ($($layer:ident: $words:literal, $method:ident;)*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = $words;

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                call.$method(&self.windows(), self.activation)
            }
        })*
    };
}

macro_rules! transposed {
    ($($layer:ident),*) => {
        $(impl Form for $layer {
            const ONNX: &'static str = "`ConvTranspose`; the activation";

            fn form(&self, call: &mut Call<'_, '_>) -> Formed {
                call.transposed(&self.windows(), &self.output_paddings(), self.activation)
            }
        })*
    };
}

convolutions!(Conv1D, Conv2D, Conv3D);
transposed!(Conv1DTranspose, Conv2DTranspose, Conv3DTranspose);
others! {
    DepthwiseConv1D: "`Conv` with a group for each channel; the activation", depthwise;
    DepthwiseConv2D: "`Conv` with a group for each channel; the activation", depthwise;
    SeparableConv1D: "`Conv` twice; the activation", separable;
    SeparableConv2D: "`Conv` twice; the activation", separable;
}
